import type { Options } from '@holdfast/core/plugin';

const PEM_FILE = { type: 'string', pattern: '^/', maxLength: 4000 } as const;
const SECRET = { type: 'string', minLength: 1, maxLength: 1024, writeOnly: true } as const;

/** Options of the driver `fluentd`. */
export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    address: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      default: '127.0.0.1:24224',
      description: 'Where the receiver listens: HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH.',
    },
    tag: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      default: '{{.ID}}',
      description: 'Template of the tag that the receiver routes by, as with docker: docker.{{.Name}}.',
    },
    requestAck: {
      type: 'boolean',
      default: true,
      description:
        'Each chunk waits for the receiver to say that it has taken it. Without, what is on its way may be lost.',
    },
    ackTimeout: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,6}(ms|s|m)$',
      default: '30s',
      description:
        'How long to wait for that before the chunk is sent again on a new connection, such as "500ms" or "1m".',
    },
    compress: {
      enum: ['none', 'gzip'],
      default: 'none',
      description: 'gzip: each chunk is compressed. The receiver must know CompressedPackedForward.',
    },
    subSecondPrecision: {
      type: 'boolean',
      default: true,
      description:
        'Times with nanoseconds (EventTime). Without, whole seconds, as receivers before Fluentd 0.14 want them.',
    },
    labels: {
      type: ['array', 'string'],
      items: { type: 'string', minLength: 1, maxLength: 256 },
      maxItems: 256,
      maxLength: 4096,
      description:
        'Labels and annotations of the container that become fields. Names, or one string with commas between them.',
    },
    labelsRegex: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description: 'A regular expression; labels and annotations whose names it is found in become fields.',
    },
    sharedKey: {
      ...SECRET,
      description: "The receiver's shared_key. Given: the handshake is done on each connection.",
    },
    username: { ...SECRET, description: 'With sharedKey, for a receiver that asks for users.' },
    password: { ...SECRET, description: 'Of username.' },
    tlsCa: { ...PEM_FILE, description: 'PEM file of authorities to trust, in the place of those of Node.' },
    tlsCert: { ...PEM_FILE, description: "PEM file of the shim's own certificate, for a receiver that asks for one." },
    tlsKey: { ...PEM_FILE, description: 'PEM file of its private key.' },
    tlsServerName: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: "Name that must be in the receiver's certificate. Default: the host of the address.",
    },
    tlsVerify: {
      type: 'boolean',
      default: true,
      description: "Whether the receiver's certificate is checked.",
    },
  },
} as const;

/** What a config may say, with defaults filled in. */
export type FluentdOptions = Options<typeof optionsSchema>;
