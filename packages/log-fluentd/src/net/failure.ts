/** Why a connection can't be used; `code` as in Node's errors. */
export class Failure extends Error {
  constructor(
    readonly code: 'ECONNRESET' | 'ETIMEDOUT' | 'EPROTO' | 'EAUTH' | 'ECANCELED',
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
  }
}

/** What a receiver said, to show: it may be anything. `latin1`: a byte a character. */
export function quoted(latin1: string): string {
  return JSON.stringify(Buffer.from(latin1.slice(0, 200), 'latin1').toString());
}
