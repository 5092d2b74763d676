import { isShimError, parseTag, type TagTemplate } from '@holdfast/core/plugin';
import { checkedHeaders } from './headers.js';
import { invalid } from './invalid.js';
import { labelChoice, type LabelChoice } from './labels.js';
import { logsUrl } from './logs-url.js';
import type { OtlpOptions } from './schema.js';

export type Protocol = OtlpOptions['protocol'];
export type TlsOptions = NonNullable<OtlpOptions['tls']>;

/** The options as the driver uses them. */
export interface Settings {
  readonly url: URL;
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
  readonly tls: TlsOptions;
  readonly serviceName: TagTemplate;
  readonly resource: OtlpOptions['resource'];
  readonly labels: LabelChoice;
  /** False: records have no severity. */
  readonly severity: boolean;
}

const UNITS = { ms: 1, s: 1000, m: 60_000 } as const;
/** What setTimeout can wait for. */
const MOST_MS = 2 ** 31 - 1;

/** Throws SHIM_CONFIG_INVALID that names the option. */
export function settingsOf(options: OtlpOptions): Settings {
  const url = logsUrl(options);
  return {
    url,
    protocol: options.protocol,
    headers: checkedHeaders(options.headers),
    gzip: options.compression === 'gzip',
    timeoutMs: milliseconds(options.timeout),
    tls: checkedTls(options.tls, url),
    serviceName: template(options.serviceName),
    resource: options.resource,
    labels: labelChoice(options),
    severity: options.severity === 'stream',
  };
}

function checkedTls(tls: OtlpOptions['tls'], url: URL): TlsOptions {
  if (tls === undefined) return { insecureSkipVerify: false };
  if (url.protocol !== 'https:') throw invalid('tls', 'is of no use: the endpoint begins with http://');
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw invalid('tls', 'has a client certificate without its key, or a key alone', 'Give both "cert" and "key".');
  return tls;
}

/** Of a text that the schema has checked. */
function milliseconds(text: string): number {
  const unit = text.endsWith('ms') ? 'ms' : text.endsWith('s') ? 's' : 'm';
  return Math.min(Number.parseInt(text, 10) * UNITS[unit], MOST_MS);
}

function template(text: string): TagTemplate {
  try {
    return parseTag(text);
  } catch (error) {
    if (!isShimError(error)) throw error;
    throw invalid('serviceName', `is no template: ${error.message}`, error.remedy);
  }
}
