import { ShimError } from '@holdfast/core/plugin';
import { messageOf } from '../system-error.js';
import { parseAddress, type Endpoint } from './address.js';
import type { FluentdOptions } from './schema.js';
import { parseTag, type TagTemplate } from './tag.js';

/** Labels by name, and those that a pattern is found in. */
export interface LabelChoice {
  readonly names: readonly string[];
  readonly pattern: RegExp | undefined;
}

/** Files of PEM, and whom to trust. */
export interface TlsSettings {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly serverName: string | undefined;
  readonly verify: boolean;
}

/** What the handshake proves that the shim knows. */
export interface Secrets {
  readonly sharedKey: string;
  readonly username: string;
  readonly password: string;
}

/** The options as the driver uses them. */
export interface Settings {
  readonly endpoint: Endpoint;
  readonly tls: TlsSettings;
  /** Undefined: no handshake. */
  readonly secrets: Secrets | undefined;
  readonly tag: TagTemplate;
  readonly labels: LabelChoice;
  readonly requestAck: boolean;
  readonly ackTimeoutMs: number;
  readonly gzip: boolean;
  readonly nanoseconds: boolean;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
/** What setTimeout can wait for; it fires at once for more. */
const LONGEST_MS = 2 ** 31 - 1;
const TLS_FILES = ['tlsCa', 'tlsCert', 'tlsKey', 'tlsServerName'] as const;

/** Throws SHIM_CONFIG_INVALID that names the option. */
export function settingsOf(options: FluentdOptions): Settings {
  const endpoint = parseAddress(options.address);
  return {
    endpoint,
    tls: tlsOf(options, endpoint),
    secrets: secretsOf(options),
    tag: parseTag(options.tag),
    labels: { names: namesOf(options.labels), pattern: patternOf(options.labelsRegex) },
    requestAck: options.requestAck,
    ackTimeoutMs: millisecondsOf(options.ackTimeout),
    gzip: options.compress === 'gzip',
    nanoseconds: options.subSecondPrecision,
  };
}

/** What would have no effect is a mistake: somebody takes the connection for a safe one. */
function tlsOf(options: FluentdOptions, { kind }: Endpoint): TlsSettings {
  const given = TLS_FILES.find((name) => options[name] !== undefined) ?? (options.tlsVerify ? undefined : 'tlsVerify');
  if (given !== undefined && kind !== 'tls') throw invalid(given, `${given} needs an address that begins with tls://`);
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    throw invalid('tlsCert', 'tlsCert and tlsKey go together');
  }
  const { tlsCa: ca, tlsCert: cert, tlsKey: key, tlsServerName: serverName, tlsVerify: verify } = options;
  return { ca, cert, key, serverName, verify };
}

function secretsOf({ sharedKey, username, password }: FluentdOptions): Secrets | undefined {
  if ((username === undefined) !== (password === undefined))
    throw invalid('username', 'username and password go together');
  if (sharedKey !== undefined) return { sharedKey, username: username ?? '', password: password ?? '' };
  if (username !== undefined) throw invalid('username', 'username needs sharedKey: they are parts of one handshake');
  return undefined;
}

function namesOf(labels: FluentdOptions['labels']): readonly string[] {
  const names = typeof labels === 'string' ? labels.split(',') : (labels ?? []);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

function patternOf(labelsRegex: string | undefined): RegExp | undefined {
  try {
    return labelsRegex === undefined ? undefined : new RegExp(labelsRegex, 'u');
  } catch (error) {
    throw invalid('labelsRegex', `labelsRegex is no regular expression: ${messageOf(error)}`, error);
  }
}

function millisecondsOf(duration: string): number {
  const [, count = '', unit = ''] = /^([0-9]+)(ms|s|m)$/.exec(duration) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? NaN);
  if (!(ms >= 1 && ms <= LONGEST_MS)) throw invalid('ackTimeout', `ackTimeout must be 1ms to 24 days: ${duration}`);
  return ms;
}

function invalid(option: string, message: string, cause?: unknown): ShimError {
  return new ShimError('SHIM_CONFIG_INVALID', message, { where: `options.${option}`, cause });
}
