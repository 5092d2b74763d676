import type { Format } from '../options/settings.js';
import { timestampOf } from './timestamp.js';

/** What {@link MessageHead} is made of. */
export interface HeadParts {
  readonly format: Format;
  readonly priority: number;
  /** Empty: none, as on local sockets. */
  readonly hostname: string;
  readonly tag: string;
  readonly messageId: string;
  /** Elements of structured data that all messages have. */
  readonly elements: string;
}

/**
 * What all messages of a kind begin with; the time is written in place. With RFC 5424 it ends within the parameter
 * `sequenceId`, behind which each message goes on.
 */
export class MessageHead {
  readonly bytes: Buffer;
  readonly #format: Format;
  readonly #timeAt: number;
  #time: bigint | undefined = 0n;

  constructor({ format, priority, hostname, tag, messageId, elements }: HeadParts) {
    this.#format = format;
    const before = format === 'rfc3164' ? `<${priority}>` : `<${priority}>1 `;
    const host = hostname === '' ? '' : `${hostname} `;
    const time = timestampOf(format, 0n);
    const after =
      format === 'rfc3164' ? `${host}${tag}: ` : `${host}${tag} - ${messageId} ${elements}[meta sequenceId="`;
    this.bytes = Buffer.from(`${before}${time} ${after}`);
    this.#timeAt = before.length;
  }

  /** Nanoseconds since the epoch. */
  setTime(time: bigint): void {
    if (time === this.#time) return;
    this.#time = time;
    this.bytes.write(timestampOf(this.#format, time), this.#timeAt, 'latin1');
  }
}
