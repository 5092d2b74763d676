import { Writable } from 'node:stream';

/** A Writable that keeps what it gets. */
export class Capture extends Writable {
  readonly #chunks: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }
}

/** A Writable that fails at the first write. */
export class BrokenOutput extends Writable {
  constructor(private readonly code: string) {
    super();
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    done(Object.assign(new Error(`${this.code}: write`), { code: this.code }));
  }
}
