import { formatPath } from '../../config/config-path.js';
import { findProblems } from '../../config/validate.js';
import type { SchemaValidators } from '../../config/validators.js';
import { ShimError } from '../../plugin/shim-error.js';
import { REQUEST_SCHEMAS, type RequestName } from '../request-schemas.js';

/** A request, which may be anything, with defaults filled in. Throws SHIM_INVALID_ARGUMENT. */
export async function checkRequest<T>(name: RequestName, body: unknown, validators: SchemaValidators): Promise<T> {
  const schema = REQUEST_SCHEMAS[name];
  const problems = findProblems(await validators.validator(schema), schema, body);
  if (problems.length === 0) return body as T;
  const lines = problems.map((problem) =>
    [formatPath(problem.path), problem.text].filter((part) => part !== '').join(': '),
  );
  throw new ShimError('SHIM_INVALID_ARGUMENT', `request ${name}: ${lines.join('; ')}`, { where: 'request body' });
}
