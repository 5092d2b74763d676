/** docs/openapi.json (OpenAPI 3.1, whose schemas are JSON Schema 2020-12) of the core's tables. */
export function openapi({ prefix, version, operations, requests, answers, errors }) {
  const paths = {};
  for (const operation of operations) {
    const path = operation.path.startsWith('/') ? operation.path : `${prefix}/${operation.path}`;
    paths[path] ??= {};
    paths[path][operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'holdfast control API',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description,
    },
    servers: [
      { url: 'http://shim', description: 'The socket ROOT/s/HASH of a group; HASH is of the name of the group.' },
    ],
    paths,
    components: {
      schemas: { ...named(requests, 'Request'), ...named(answers, 'Answer') },
      responses: {
        Error: {
          description: `An error; the status is the one of its code: ${statuses(errors)}.`,
          content: json('errorAnswer'),
        },
      },
    },
  };
}

const description =
  'HTTP/1.1 with JSON bodies over a Unix socket (mode 0600, peer credentials checked): curl --unix-socket ROOT/s/HASH ' +
  'http://shim/v1/version. A changing call carries a requestId, unique and chosen by the caller: sent again, it gets the ' +
  "first one's answer and does nothing twice.";

function describe({ id, summary, path, query = [], body, answer, lines }) {
  return {
    operationId: id,
    summary,
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => pathParameter(name)),
      ...query.map(queryParameter),
    ],
    ...(body && { requestBody: { required: true, content: json(`${body}Request`) } }),
    responses: {
      ...(answer === 'frames'
        ? { 101: { description: 'Upgrade: holdfast/1. Frames both ways; see packages/core/src/api/frames.ts.' } }
        : { 200: done(answer, lines) }),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function done(answer, lines) {
  if (answer === 'metrics')
    return {
      description: 'The metrics of docs/metrics.md.',
      content: { 'text/plain; version=0.0.4; charset=utf-8': { schema: { type: 'string' } } },
    };
  return { description: lines ? 'One document a line.' : 'Done.', content: json(`${answer}Answer`, lines) };
}

const pathParameter = (name) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
const queryParameter = ({ name, required = false, description }) => ({
  name,
  in: 'query',
  required,
  description,
  schema: { type: 'string' },
});

function json(name, lines) {
  return {
    [lines ? 'application/x-ndjson' : 'application/json']: { schema: { $ref: `#/components/schemas/${name}` } },
  };
}

function named(schemas, suffix) {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [`${name}${suffix}`, schema]));
}

function statuses(errors) {
  return [...new Set(Object.values(errors).map(({ status }) => status))].sort((a, b) => a - b).join(', ');
}
