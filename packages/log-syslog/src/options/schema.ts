import type { Options } from '@holdfast/core/plugin';
import { FACILITIES } from './facilities.js';

/** RFC 3164 has no longer packets, and RFC 5424 wants 480 at least: less is of no use. */
const LEAST_MESSAGE = 1024;
const MOST_MESSAGE = 1 << 20;

const PEM_FILE = { type: 'string', pattern: '^/', maxLength: 4000 } as const;

/** Options of the driver `syslog`. */
export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    address: {
      type: 'string',
      minLength: 1,
      maxLength: 512,
      default: 'unixgram:///dev/log',
      description:
        'Where the server listens: udp://HOST[:514], tcp://HOST[:514], tcp+tls://HOST[:6514], unixgram:///PATH (datagrams) or unix:///PATH (a stream).',
    },
    facility: { enum: FACILITIES, default: 'daemon', description: 'Facility of every message.' },
    tag: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      default: '{{.ID}}',
      description: 'Template of the APP-NAME (RFC 5424) or TAG (RFC 3164), as with docker: {{.Name}}/{{.ID}}.',
    },
    format: {
      enum: ['rfc5424', 'rfc5424micro', 'rfc3164'],
      description:
        'rfc5424: with time in seconds. rfc5424micro: with time in microseconds. rfc3164: the old format, without structured data; on a Unix socket without host name, as syslog(3) has it. Default: rfc3164 on Unix sockets, rfc5424micro elsewhere.',
    },
    hostname: {
      type: 'string',
      pattern: '^[!-~]{1,255}$',
      description: 'HOSTNAME of every message. Default: the name of this machine.',
    },
    labels: {
      type: ['array', 'string'],
      items: { type: 'string', minLength: 1, maxLength: 256 },
      maxItems: 256,
      maxLength: 4096,
      description:
        'Labels and annotations of the container that become structured data. Names, or one string with commas between them.',
    },
    enterpriseNumber: {
      type: 'string',
      pattern: '^[0-9]{1,10}(\\.[0-9]{1,10}){0,3}$',
      default: '32473',
      description:
        'Private enterprise number in the names of structured data, container@NUMBER. Default: the one that RFC 5612 sets aside for examples.',
    },
    framing: {
      enum: ['octet-counting', 'newline'],
      description:
        'How messages are told apart on a stream (RFC 6587). Default: newline on unix://, octet-counting elsewhere.',
    },
    maxMessage: {
      type: 'integer',
      minimum: LEAST_MESSAGE,
      maximum: MOST_MESSAGE,
      description:
        'Most bytes of a message, header included. Default: 2048 for udp, 8192 elsewhere; 1024 for rfc3164 over udp.',
    },
    oversize: {
      enum: ['split', 'truncate'],
      default: 'split',
      description: 'What becomes of a record that does not fit: several messages, or its beginning alone.',
    },
    bom: {
      type: 'boolean',
      default: false,
      description: 'With rfc5424: text that is valid UTF-8 gets a byte order mark before it, as RFC 5424 wants it.',
    },
    ca: { ...PEM_FILE, description: 'With tcp+tls: file (PEM) of the authorities to trust. Default: those of Node.' },
    cert: { ...PEM_FILE, description: 'With tcp+tls: file (PEM) of the certificate to show to the server.' },
    key: { ...PEM_FILE, description: 'With tcp+tls: file (PEM) of its key.' },
    passphrase: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      writeOnly: true,
      description: 'With tcp+tls: passphrase of the key.',
    },
    serverName: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: "With tcp+tls: the name that the server's certificate must have. Default: the host of the address.",
    },
    verify: {
      type: 'boolean',
      default: true,
      description: 'With tcp+tls: false trusts any server.',
    },
    required: {
      type: 'boolean',
      default: true,
      description: 'false: a container starts although the server cannot be reached.',
    },
  },
} as const;

/** What a config may say, with defaults filled in. */
export type SyslogOptions = Options<typeof optionsSchema>;
