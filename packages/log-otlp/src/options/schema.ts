import type { Options } from '@holdfast/core/plugin';

const FILE = { type: 'string', pattern: '^/', maxLength: 4000 } as const;
const URL_TEXT = { type: 'string', minLength: 1, maxLength: 4000 } as const;

const tlsSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'For endpoints that begin with https://.',
  properties: {
    ca: { ...FILE, description: 'PEM file of the authorities that may sign the certificate. Default: those of Node.' },
    cert: { ...FILE, description: 'PEM file of a client certificate.' },
    key: { ...FILE, description: 'PEM file of its key.' },
    serverName: {
      type: 'string',
      minLength: 1,
      maxLength: 253,
      description: 'Name that the certificate must have. Default: the host of the endpoint.',
    },
    insecureSkipVerify: { type: 'boolean', default: false, description: 'Any certificate will do. For tests only.' },
  },
} as const;

/** Options of the driver `otlp`. */
export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    endpoint: {
      ...URL_TEXT,
      default: 'http://localhost:4318',
      description: 'The collector, http:// or https://; /v1/logs is appended.',
    },
    logsEndpoint: { ...URL_TEXT, description: 'The URL that logs are posted to, in the place of "endpoint".' },
    protocol: {
      enum: ['http/protobuf', 'http/json'],
      default: 'http/protobuf',
      description: 'How requests are encoded.',
    },
    headers: {
      type: 'object',
      default: {},
      maxProperties: 64,
      additionalProperties: { type: 'string', maxLength: 8192, writeOnly: true },
      description: 'Headers of each request, such as Authorization. They are never shown.',
    },
    compression: { enum: ['gzip', 'none'], default: 'none', description: 'Of requests.' },
    timeout: {
      type: 'string',
      pattern: '^0*[1-9][0-9]{0,7}(ms|s|m)$',
      default: '10s',
      description: 'Longest wait for the answer to a request; limits.logTimeout counts too.',
    },
    tls: tlsSchema,
    serviceName: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      default: '{{.Name}}',
      description: 'Template of service.name, as of tags: {{.Namespace}}/{{.Name}}.',
    },
    resource: {
      type: 'object',
      default: {},
      maxProperties: 256,
      additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 8192 },
      description: 'Further attributes of the resource; they replace those of the driver.',
    },
    labels: {
      type: ['array', 'string'],
      items: { type: 'string', minLength: 1, maxLength: 256 },
      maxItems: 256,
      maxLength: 4096,
      description:
        'Labels and annotations of the container that become attributes of the resource, container.label.NAME. Names, or one string with commas between them.',
    },
    labelsRegex: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description: 'A regular expression; labels and annotations whose names it is found in become attributes.',
    },
    severity: {
      enum: ['stream', 'none'],
      default: 'stream',
      description: 'stream: INFO for stdout, ERROR for stderr. none: unspecified.',
    },
  },
} as const;

/** What a config may say, with defaults filled in. */
export type OtlpOptions = Options<typeof optionsSchema>;
