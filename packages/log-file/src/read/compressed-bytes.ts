import type { FileHandle } from 'node:fs/promises';
import { messageOf } from '../system-error.js';
import type { FileBytes } from './file-bytes.js';
import { inflate, isDamage } from './inflate.js';

/** So much before the place read last is kept: reading backward begins anew once for so many bytes. */
const WINDOW = 8 << 20;

/**
 * A compressed file as its contents. It is inflated from its beginning, never as a whole: going back behind the window begins
 * anew.
 */
export class CompressedBytes implements FileBytes {
  private chunks: AsyncGenerator<Buffer, void, undefined> | undefined;
  /** What is known: the last bytes before `end`. */
  private kept: Buffer[] = [];
  private keptSize = 0;
  private end = 0;
  private isOver = false;
  private trouble: string | undefined;

  /** `known`: how much it holds, if that is known. */
  constructor(
    private readonly handle: FileHandle,
    private readonly known: number | undefined,
  ) {}

  get damage(): string | undefined {
    return this.trouble;
  }

  async read(target: Buffer, length: number, position: number): Promise<number> {
    if (position < this.end - this.keptSize) await this.restart();
    while (this.end < position + length && (await this.more()));
    return this.copy(target.subarray(0, length), position);
  }

  async size(): Promise<number> {
    if (this.known !== undefined) return this.known;
    while (await this.more());
    return this.end;
  }

  async close(): Promise<void> {
    await this.chunks?.return();
    await this.handle.close();
  }

  private async restart(): Promise<void> {
    await this.chunks?.return();
    this.chunks = undefined;
    this.kept = [];
    this.keptSize = this.end = 0;
    this.isOver = false;
  }

  /** Inflates the next chunk; false at the end. */
  private async more(): Promise<boolean> {
    if (this.isOver) return false;
    try {
      this.chunks ??= inflate(this.handle);
      const next = await this.chunks.next();
      if (next.done !== true) return this.keep(next.value);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.trouble = messageOf(error);
    }
    this.isOver = true;
    return false;
  }

  private keep(chunk: Buffer): true {
    this.kept.push(chunk);
    this.keptSize += chunk.length;
    this.end += chunk.length;
    while (this.keptSize - this.kept[0]!.length >= WINDOW) this.keptSize -= this.kept.shift()!.length;
    return true;
  }

  private copy(target: Buffer, position: number): number {
    let at = this.end - this.keptSize;
    let copied = 0;
    for (const chunk of this.kept) {
      const from = position + copied - at;
      if (from < chunk.length) copied += chunk.copy(target, copied, from);
      if (copied === target.length) break;
      at += chunk.length;
    }
    return copied;
  }
}
