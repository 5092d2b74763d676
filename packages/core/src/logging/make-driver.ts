import type { LogDriver } from '../plugin/log-driver.js';
import type { LogDriverContext } from '../plugin/plugin-context.js';
import { maskedError, maskedInstance, maskedLogger, maskFor } from '../plugins/masked-plugin.js';
import { pluginFailure } from '../plugins/plugin-failure.js';
import type { LoadedDefinition } from '../plugins/plugin-source.js';

/** Neither its errors nor what it logs show the secrets among its options. */
export function makeDriver(
  { definition, options }: LoadedDefinition<'log-driver'>,
  context: LogDriverContext,
  entry: string,
): LogDriver {
  const mask = maskFor(definition, options);
  const logger = maskedLogger(context.logger, mask);
  try {
    return maskedInstance(checked(definition.create({ ...context, logger }, options)), mask);
  } catch (error) {
    throw pluginFailure(maskedError(error, mask), { plugin: definition.name, method: 'create', entry });
  }
}

/** A plugin may be plain JavaScript. */
function checked(driver: unknown): LogDriver {
  if (typeof driver === 'object' && driver !== null) return driver as LogDriver;
  throw new TypeError(
    `it gave ${driver === null ? 'null' : `a value of type ${typeof driver}`}, which is no log driver`,
  );
}
