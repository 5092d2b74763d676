import { parseTag, ShimError, type TagTemplate } from '@holdfast/core/plugin';
import { parseAddress, type Address } from './address.js';
import type { Facility } from './facilities.js';
import type { SyslogOptions } from './schema.js';

export type Format = 'rfc5424' | 'rfc5424micro' | 'rfc3164';
/** Messages of a datagram need no framing. */
export type Framing = 'octet-counting' | 'newline' | 'none';

/** What a TLS connection is made with. Paths are of PEM files. */
export interface TlsSettings {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly passphrase: string | undefined;
  readonly serverName: string | undefined;
  readonly verify: boolean;
}

/** The options as the driver uses them. */
export interface Settings {
  readonly address: Address;
  /** The address as it was written. */
  readonly server: string;
  readonly facility: Facility;
  readonly tag: TagTemplate;
  readonly format: Format;
  /** Undefined: the machine's own. */
  readonly hostname: string | undefined;
  readonly labels: readonly string[];
  readonly enterpriseNumber: string;
  readonly framing: Framing;
  readonly maxMessage: number;
  readonly truncate: boolean;
  readonly bom: boolean;
  readonly tls: TlsSettings;
  readonly required: boolean;
}

/** What RFC 5426 asks every receiver of UDP to take; and rsyslog's own limit. */
const UDP_MESSAGE = 2048;
const RFC3164_MESSAGE = 1024;
const OTHER_MESSAGE = 8192;
/** Most that fits into one packet of UDP over IPv4. */
const DATAGRAM_LIMIT = 65_507;

/** Throws SHIM_CONFIG_INVALID that names the option. */
export function settingsOf(options: SyslogOptions): Settings {
  const address = parseAddress(options.address);
  const isLocal = address.kind === 'unix' || address.kind === 'unixgram';
  const format = options.format ?? (isLocal ? 'rfc3164' : 'rfc5424micro');
  const { facility, hostname, enterpriseNumber, bom, required } = options;
  return {
    address,
    server: options.address,
    facility,
    tag: parseTag(options.tag),
    format,
    hostname,
    labels: labelNames(options.labels, format),
    enterpriseNumber,
    framing: framingOf(options, address),
    maxMessage: maxMessageOf(options, address, format),
    truncate: options.oversize === 'truncate',
    bom,
    tls: tlsOf(options, address),
    required,
  };
}

function labelNames(labels: SyslogOptions['labels'], format: Format): readonly string[] {
  const listed = typeof labels === 'string' ? labels.split(',') : (labels ?? []);
  const names = listed.map((name) => name.trim()).filter((name) => name !== '');
  if (names.length > 0 && format === 'rfc3164')
    throw invalid('labels', 'labels are structured data, which rfc3164 does not have', 'Give format=rfc5424micro.');
  return names;
}

function framingOf({ framing, address: text }: SyslogOptions, { kind }: Address): Framing {
  const isDatagram = kind === 'udp' || kind === 'unixgram';
  if (framing !== undefined && isDatagram)
    throw invalid('framing', `framing is for streams, and ${text} takes datagrams`, 'Leave it out.');
  if (isDatagram) return 'none';
  return framing ?? (kind === 'unix' ? 'newline' : 'octet-counting');
}

function maxMessageOf({ maxMessage }: SyslogOptions, { kind }: Address, format: Format): number {
  const isDatagram = kind === 'udp' || kind === 'unixgram';
  if (maxMessage !== undefined && isDatagram && maxMessage > DATAGRAM_LIMIT)
    throw invalid('maxMessage', `a datagram holds ${DATAGRAM_LIMIT} bytes, not ${maxMessage}`, 'Make it smaller.');
  if (maxMessage !== undefined) return maxMessage;
  if (kind !== 'udp') return OTHER_MESSAGE;
  return format === 'rfc3164' ? RFC3164_MESSAGE : UDP_MESSAGE;
}

function tlsOf(options: SyslogOptions, { kind }: Address): TlsSettings {
  const { ca, cert, key, passphrase, serverName, verify } = options;
  const given = Object.entries({ ca, cert, key, passphrase, serverName, verify: verify ? undefined : verify });
  const first = given.find(([, value]) => value !== undefined)?.[0];
  if (first !== undefined && kind !== 'tls')
    throw invalid(first, `${first} is for TLS, and ${options.address} has none`, 'Give an address tcp+tls://HOST.');
  if (cert !== undefined && key === undefined) throw invalid('cert', 'cert needs its key', 'Give the option key.');
  if (key !== undefined && cert === undefined) throw invalid('key', 'key needs its cert', 'Give the option cert.');
  if (passphrase !== undefined && key === undefined)
    throw invalid('passphrase', 'passphrase is of a key, and there is none', 'Give the options cert and key.');
  return { ca, cert, key, passphrase, serverName, verify };
}

function invalid(option: string, what: string, remedy: string): ShimError {
  return new ShimError('SHIM_CONFIG_INVALID', what, { where: `options.${option}`, remedy });
}
