import type { FileHandle } from 'node:fs/promises';
import type { FileBytes } from './file-bytes.js';

/** A file as it is. */
export class PlainBytes implements FileBytes {
  readonly damage = undefined;

  constructor(private readonly handle: FileHandle) {}

  async read(target: Buffer, length: number, position: number): Promise<number> {
    return (await this.handle.read(target, 0, length, position)).bytesRead;
  }

  async size(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
