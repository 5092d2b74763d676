import { expect, test } from 'vitest';
import { ANSWER_SCHEMAS } from '../../src/api/answer-schemas.js';
import { OPERATIONS } from '../../src/api/operations.js';
import { REQUEST_SCHEMAS } from '../../src/api/request-schemas.js';
import { Router } from '../../src/api/server/router.js';
import { LazyValidators } from '../../src/config/validators.js';
import { fakeService } from '../support/fake-service.js';

/** What is no JSON. */
const NO_JSON: ReadonlySet<string> = new Set(['frames', 'metrics']);

const described = (kind: 'frames' | 'answers'): string[] =>
  OPERATIONS.filter(({ answer }) => (answer === 'frames') === (kind === 'frames')).map(
    ({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '*')}`,
  );

test('the router answers exactly the calls that are described, attaching apart', () => {
  const { calls } = new Router(fakeService().service, { validators: new LazyValidators(), bodyTimeoutMs: 1_000 });
  expect(described('answers').toSorted()).toEqual(calls.toSorted());
  expect(described('frames')).toEqual(['GET containers/*/*/attach', 'GET containers/*/*/execs/*/attach']);
});

test('every schema is used, and every operation has a name of its own', () => {
  expect(new Set(OPERATIONS.flatMap(({ body }) => body ?? []))).toEqual(new Set(Object.keys(REQUEST_SCHEMAS)));
  const answers = OPERATIONS.map(({ answer }) => answer).filter((answer) => !NO_JSON.has(answer));
  expect(new Set([...answers, 'error'])).toEqual(new Set(Object.keys(ANSWER_SCHEMAS)));
  expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
});

test.each(Object.entries({ ...REQUEST_SCHEMAS, ...ANSWER_SCHEMAS }))('the schema %s is one', async (_name, schema) => {
  const validate = await new LazyValidators().validator(schema);
  expect(validate('no document of the API is a text')).toBe(false);
});
