import { closeSync, constants, openSync } from 'node:fs';
import { native } from '@holdfast/native';
import type { TerminalSize } from '../api/terminal-documents.js';
import type { ChildStdio } from '../plugin/child-stdio.js';
import type { StreamName } from '../plugin/log-batch.js';
import { faultPoint } from '../faults/fault-point.js';
import { within } from '../logging/deadline.js';
import { ShimError } from '../plugin/shim-error.js';
import { ConsoleSocket } from './console-socket.js';
import type { ContainerIo } from './container-io.js';
import { Fifos } from './fifos.js';
import { InputWriter, type OnTaken } from './input-writer.js';
import { liftBlock, makeLimiter, makeReader } from './make-pump.js';
import type { OutputReader } from './output-reader.js';
import type { IoServices, ProcessIoOptions } from './process-io.js';
import type { RateLimiter } from './rate-limiter.js';
import { TerminalRelay } from './terminal-relay.js';

/** How long the terminal may take to arrive once the runtime has returned. */
const CONSOLE_TIMEOUT_MS = 5_000;
/** What ctrl-D sends. */
const END_OF_INPUT = Buffer.from([4]);

export interface TerminalIoOptions extends ProcessIoOptions {
  /** Path of the console socket, at most 107 bytes; its directory is made. */
  readonly consoleSocket: string;
  /** Left out: as the spec's consoleSize, or 0 by 0. */
  readonly size?: TerminalSize | undefined;
}

/** Descriptors that are open while there is a terminal. */
interface Terminal {
  readonly master: number;
  readonly input: InputWriter;
  readonly relay: TerminalRelay;
}

/** A terminal: the shim holds the master, the process the slave. All output is `stdout`. */
export class TerminalIo implements ContainerIo {
  readonly drained: Promise<void>;
  readonly #fifos: Fifos;
  readonly #console: ConsoleSocket;
  #resolveDrained!: () => void;
  readonly #started: Promise<void>;
  /** Resolves when the terminal is there, or will never be: what is typed before waits for it. */
  readonly #settled: Promise<void>;
  #resolveSettled!: () => void;
  #gone = false;
  #resolveStarted!: () => void;
  #child: number | undefined;
  #readEnd: number | undefined;
  #writeEnd: number | undefined;
  readonly #limiter: RateLimiter | undefined;
  #reader: OutputReader | undefined;
  #terminal: Terminal | undefined;
  #released = false;

  constructor(
    private readonly options: TerminalIoOptions,
    private readonly services: IoServices,
  ) {
    this.#fifos = new Fifos(options.directory, false);
    this.#console = new ConsoleSocket({ path: options.consoleSocket, key: options.key }, services);
    this.#limiter = makeLimiter(options);
    this.drained = new Promise((resolve) => (this.#resolveDrained = resolve));
    this.#started = new Promise((resolve) => (this.#resolveStarted = resolve));
    this.#settled = new Promise((resolve) => (this.#resolveSettled = resolve));
  }

  get consoleSocket(): string {
    return this.options.consoleSocket;
  }

  async make(): Promise<ChildStdio> {
    this.#openPipe(true);
    const { keeper } = this.services;
    const { key } = this.options;
    await keeper.hold(`${key}/stdout`, this.#readEnd as number);
    // Of a runtime command that was killed before it had started anything, in the time of an earlier shimd.
    await keeper.drop(`${key}/terminal`);
    await this.#console.listen();
    const child = openSync('/dev/null', constants.O_RDWR);
    this.#child = child;
    return { stdin: child, stdout: child, stderr: child, owner: key };
  }

  closeChildEnds(): void {
    if (this.#child !== undefined) closeSync(this.#child);
    this.#child = undefined;
  }

  async made(ms = CONSOLE_TIMEOUT_MS): Promise<void> {
    // A shimd that was killed may have come as far as to give it to the keeper.
    if (this.#terminal === undefined) {
      if (!this.#console.isOpen) return;
      await this.#takeOver(await this.#receive(ms));
    }
    if (this.options.size !== undefined) this.resize(this.options.size);
    await this.#console.close();
  }

  async reopen(): Promise<void> {
    this.#openPipe(false);
    const { keeper } = this.services;
    const { key } = this.options;
    await keeper.hold(`${key}/stdout`, this.#readEnd as number);
    const master = await keeper.fetch(`${key}/terminal`).catch(() => undefined);
    if (master !== undefined) return this.#adopt(master);
    await this.#console.reopen();
    // With the keeper went the terminal: what it had shown is all there will be.
    if (!this.#console.isOpen) this.#letGo();
  }

  start(): void {
    this.#terminal?.relay.start();
    this.#reader?.start();
    this.#resolveStarted();
  }

  letPass(ms: number): void {
    liftBlock(this.#limiter, ms);
  }

  async drain(ms: number): Promise<void> {
    // After a restart reading begins when the foreground client is back.
    await this.#started;
    liftBlock(this.#limiter);
    if (await within(ms, this.drained)) return;
    this.#terminal?.relay.stop();
    this.#reader?.finish();
    await this.drained;
  }

  unrecorded(): readonly (readonly [StreamName, Buffer])[] {
    return this.#reader === undefined ? [] : [['stdout', this.#reader.unrecorded()]];
  }

  writeStdin(bytes: Buffer, onTaken?: OnTaken): Promise<void> {
    if (this.#terminal !== undefined) return this.#terminal.input.write(bytes, onTaken);
    if (!this.#gone) return this.#settled.then(() => this.writeStdin(bytes, onTaken));
    onTaken?.(bytes.length);
    return Promise.resolve();
  }

  /** A terminal has no end: the program is told what ctrl-D tells. */
  closeStdin(): Promise<void> {
    return this.writeStdin(END_OF_INPUT);
  }

  resize({ rows, columns }: TerminalSize): void {
    if (this.#terminal === undefined)
      throw new ShimError('SHIM_ILLEGAL_STATE', 'the terminal has gone: its process has ended');
    native.setTerminalSize(this.#terminal.master, rows, columns);
  }

  async release(): Promise<void> {
    this.closeChildEnds();
    this.#letGo();
    this.#reader?.close();
    if (this.#readEnd !== undefined) closeSync(this.#readEnd);
    this.#readEnd = undefined;
    await this.#console.close();
    if (this.#released) return;
    this.#released = true;
    // What a shimd has not opened again after a restart is in the keeper all the same.
    const { keeper } = this.services;
    await Promise.all(['stdout', 'terminal'].map((name) => keeper.drop(`${this.options.key}/${name}`)));
  }

  async #takeOver(master: number): Promise<void> {
    faultPoint('terminal-received');
    try {
      await this.services.keeper.hold(`${this.options.key}/terminal`, master);
    } catch (error) {
      closeSync(master);
      throw error;
    }
    faultPoint('terminal-held');
    await this.#adopt(master);
  }

  /** Without a terminal there is no output to wait for. */
  async #receive(ms: number): Promise<number> {
    try {
      return await this.#console.receive(ms);
    } catch (error) {
      this.#letGo();
      throw error;
    }
  }

  #openPipe(make: boolean): void {
    const { read, write } = make ? this.#fifos.makeRelay('stdout') : this.#fifos.openRelay('stdout');
    this.#readEnd = read;
    this.#writeEnd = write;
    this.#reader = makeReader({ stream: 'stdout', fd: read, limiter: this.#limiter }, this.options, this.services);
    void this.#reader.ended.then(() => this.#resolveDrained());
  }

  /** Owns `master`. */
  async #adopt(master: number): Promise<void> {
    const { poller, keeper, logger, terminals } = this.services;
    const name = `${this.options.key}/terminal`;
    terminals.add(name, master);
    // A descriptor of its own: epoll takes each but once, and reading has this one.
    const copy = await keeper.fetch(name);
    const relay = new TerminalRelay({
      terminal: master,
      pipe: this.#writeEnd as number,
      poller,
      onEnd: () => this.#letGo(),
      onError: (error) => logger.error({ err: error }, 'moving the output of a terminal failed'),
    });
    this.#terminal = { master, relay, input: new InputWriter(copy, poller) };
    this.#resolveSettled();
  }

  /** Nothing more comes from the terminal: the end of the pipe is the end of the output. */
  #letGo(): void {
    const terminal = this.#terminal;
    this.#terminal = undefined;
    this.#gone = true;
    this.#resolveSettled();
    if (terminal !== undefined) {
      this.services.terminals.remove(`${this.options.key}/terminal`);
      terminal.relay.stop();
      terminal.input.close();
      closeSync(terminal.master);
    }
    this.#closeWriteEnd();
  }

  #closeWriteEnd(): void {
    if (this.#writeEnd !== undefined) closeSync(this.#writeEnd);
    this.#writeEnd = undefined;
  }
}
