import type { Hash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { onTestFinished } from 'vitest';
import type { ForwardedStdio } from '../../../src/api/documents.js';
import { FileLanes } from '../../../src/logging/file-lanes.js';
import type { LogBatch } from '../../../src/plugin/log-batch.js';
import { ForeignProcesses } from '../../../src/reaper/foreign-processes.js';
import { KeeperReaper } from '../../../src/reaper/keeper-reaper.js';
import { AttachHub } from '../../../src/stdio/attach-hub.js';
import type { ContainerIo } from '../../../src/stdio/container-io.js';
import { EventPoller } from '../../../src/stdio/event-poller.js';
import type { Dropped } from '../../../src/stdio/forward/drop-bytes.js';
import { HeldTerminals } from '../../../src/stdio/held-terminals.js';
import { makeIo } from '../../../src/stdio/make-io.js';
import { OutputGate } from '../../../src/stdio/output-gate.js';
import { PeekBuffers } from '../../../src/stdio/peek-buffers.js';
import { duplicate } from '../../support/duplicate.js';
import { FakeKeeper } from '../../support/fake-keeper.js';
import { QuietLogger } from '../../support/quiet-logger.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { until } from '../../support/until.js';

const { O_RDONLY, O_NONBLOCK } = constants;

/** The asker's end of a FIFO that it has made. */
export class Reader {
  readonly #chunks: Buffer[] = [];
  readonly #buffer = Buffer.alloc(1 << 20);
  #fd: number | undefined;
  ended = false;

  constructor(readonly path: string) {
    this.open();
    onTestFinished(() => this.close());
  }

  open(): void {
    this.#fd = openSync(this.path, O_RDONLY | O_NONBLOCK);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** All that has been read. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Reads what there is now, at most `most`. True if there was any. */
  read(most = this.#buffer.length): boolean {
    try {
      const length = readSync(this.#fd as number, this.#buffer, 0, most, null);
      this.ended = length === 0;
      this.#chunks.push(Buffer.from(this.#buffer.subarray(0, length)));
      return length > 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      return false;
    }
  }

  /** Reads all there is now, for the sum alone. */
  drainTo(sum: Hash): void {
    while (this.read()) sum.update(this.#chunks.pop() as Buffer);
  }

  /** Reads until the text is there. */
  async awaitText(text: string): Promise<void> {
    await until(() => {
      this.read();
      return this.bytes.toString('latin1') === text;
    });
  }

  /** Reads to the end of file. */
  async awaitEnd(): Promise<void> {
    await until(() => {
      while (this.read());
      return this.ended;
    });
  }
}

/** A process's stdio as it is forwarded, over a fake keeper and real FIFOs. */
export class ForwardFixture {
  readonly directory = temporaryDirectory();
  readonly keeper = new FakeKeeper();
  gate = new OutputGate();
  readonly poller = new EventPoller();
  readonly foreign = new ForeignProcesses();
  readonly lanes = new FileLanes();
  readonly buffers = new PeekBuffers();
  readonly logger = new QuietLogger();
  readonly dropped: Dropped[] = [];
  readonly log = { stdout: '', stderr: '' };
  /** Instead of keeping records. */
  onRecord: ((bytes: number) => void) | undefined;

  constructor(readonly forward: ForwardedStdio = {}) {
    onTestFinished(() => {
      this.poller.close();
      this.foreign.close();
      this.lanes.close();
      this.buffers.close();
    });
  }

  /** Makes a FIFO as the asker does. */
  fifo(name: string): string {
    const path = join(this.directory, `client-${name}`);
    native.mkfifo(path, 0o600);
    return path;
  }

  /** As of the first shimd, or of the next one. */
  io(forward: ForwardedStdio = this.forward, logged = false): ContainerIo {
    const { keeper, gate, poller, buffers, logger, lanes, directory } = this;
    const reaper = new KeeperReaper(keeper, keeper.pid, this.foreign, keeper.welcome());
    const records = (batch: LogBatch): Promise<boolean> => {
      if (this.onRecord !== undefined) this.onRecord(batch.bytes.length);
      else
        for (let i = 0; i < batch.count; i++) {
          this.log[batch.stream] += `${batch.record(i).bytes.toString('latin1')}${batch.partial(i) ? '' : '\n'}`;
        }
      return Promise.resolve(true);
    };
    const io = makeIo(
      {
        ...{ directory, key: 'k', stdin: false, hub: new AttachHub(), records, forward, logged },
        terminal: false,
        consoleSocket: join(directory, 'console'),
        onDropped: (dropped) => this.dropped.push(dropped),
      },
      { keeper, gate, poller, buffers, logger, terminals: new HeldTerminals(), forwarding: { reaper, lanes } },
    );
    onTestFinished(() => io.release());
    return io;
  }

  /** Its descriptors as the new process has them. */
  async process(io: ContainerIo): Promise<{ stdin: number; stdout: number; stderr: number; close(): void }> {
    const stdio = await io.make();
    const fds = { stdin: duplicate(stdio.stdin), stdout: duplicate(stdio.stdout), stderr: duplicate(stdio.stderr) };
    io.closeChildEnds();
    let open = true;
    const close = (): void => {
      if (open) for (const fd of Object.values(fds)) closeSync(fd);
      open = false;
    };
    onTestFinished(close);
    return { ...fds, close };
  }

  /** Bytes in a pipe. */
  pending(fd: number): number {
    return native.pipeBytes(fd);
  }

  /** All that a kill of its shimd closes is closed; what the keeper holds stays. */
  async kill(io: ContainerIo): Promise<void> {
    const { drop } = this.keeper;
    this.keeper.drop = () => Promise.resolve();
    await io.release();
    this.keeper.drop = drop;
  }
}
