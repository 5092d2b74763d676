import { ShimError, type LogWriteFailure } from '@holdfast/core/plugin';
import { shownUrl } from '../options/logs-url.js';
import { codeOf, messageOf } from '../system-error.js';
import type { Lasting, Later } from './sender.js';

const UNREACHABLE = 'Start the collector, or correct the option "endpoint".';
const CERTIFICATE = 'Correct the options "tls.ca" and "tls.serverName", or the certificate of the collector.';
const LATER = 'See why the collector is slow or full; the records are sent again.';
const REMEDIES: Readonly<Record<number, string>> = {
  400: "The collector's own words say why; is it one for OTLP, of this protocol?",
  401: 'The option "headers" must hold what the collector wants, such as Authorization.',
  403: 'The option "headers" must hold what the collector wants, such as Authorization.',
  404: 'Correct the option "endpoint", to which /v1/logs is appended, or give "logsEndpoint".',
  413: "Raise the collector's limit for a request.",
  415: 'Correct the options "protocol" and "compression".',
};
const OTHER = "See the collector's own log.";

/** SHIM_LOG_WRITE as the host takes it. */
export type WriteError = ShimError & Required<LogWriteFailure>;

/** Records that may be sent again: the last `lost` ones. */
export function laterError(url: URL, { why, status, cause }: Later, lost: number): WriteError {
  const words = cause === undefined ? why : messageOf(cause);
  const remedy = cause === undefined ? LATER : remedyFor(cause);
  const what = status === undefined ? 'did not answer' : 'takes no records now';
  const error = new ShimError('SHIM_LOG_WRITE', `the collector at ${shownUrl(url)} ${what}: ${words}`, {
    where: shownUrl(url),
    remedy,
    cause,
  });
  return Object.assign(error, { retry: true, lost });
}

/** Records that it never takes. */
export function refusedError(url: URL, outcome: Lasting, lost: number): WriteError {
  const words = outcome.why === '' ? '' : `: ${outcome.why}`;
  const message = `the collector at ${shownUrl(url)} rejected ${lost === 1 ? 'a record' : `${lost} records`}${words}`;
  const remedy = ('status' in outcome ? REMEDIES[outcome.status] : undefined) ?? OTHER;
  return Object.assign(new ShimError('SHIM_LOG_WRITE', message, { where: shownUrl(url), remedy }), {
    retry: false,
    lost,
  });
}

function remedyFor(cause: unknown): string {
  const code = codeOf(cause) ?? '';
  if (/CERT|TLS|SSL|UNABLE_TO|SELF_SIGNED/.test(code)) return CERTIFICATE;
  return code === '' ? LATER : UNREACHABLE;
}
