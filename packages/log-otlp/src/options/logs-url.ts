import { invalid } from './invalid.js';
import type { OtlpOptions } from './schema.js';

const SIGNAL_PATH = '/v1/logs';

/** Where logs are posted to: OpenTelemetry appends the signal's path to the base endpoint, and uses a signal's own endpoint as it is. */
export function logsUrl({ endpoint, logsEndpoint }: Pick<OtlpOptions, 'endpoint' | 'logsEndpoint'>): URL {
  if (logsEndpoint !== undefined) return parse('logsEndpoint', logsEndpoint);
  const url = parse('endpoint', endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${SIGNAL_PATH}`;
  return url;
}

/** The URL as it may be shown: its query may hold a key. */
export function shownUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function parse(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw invalid(option, 'is no URL that begins with http:// or https://', 'Write it as http://HOST:4318.');
  if (url.username !== '' || url.password !== '')
    throw invalid(option, 'holds a user or a password', 'Give them as a header: "headers": { "Authorization": … }.');
  url.hash = '';
  return url;
}
