import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import type { TerminalSize } from '../api/terminal-documents.js';
import { ShimError } from '../plugin/shim-error.js';
import type { LaunchConnection } from './launch-connection.js';
import { LaunchOutput } from './launch-output.js';
import {
  acceptedStreamPacket,
  exitPacket,
  handledPacket,
  inputPacket,
  rawPacket,
  REFUSAL,
  signalsPacket,
  STANDING_VERSION,
  STREAMS_VERSION,
  takenPacket,
  tokenPacket,
  type LaunchVersion,
} from './launch-packets.js';
import type { LaunchRequest } from './launch-payload.js';
import { LaunchStanding } from './launch-standing.js';
import { LaunchSignals } from './launch-signals.js';
import { LaunchInput } from './launch-stdin.js';
import { readSaid, SAID_BYTES, type Said } from './said-packets.js';
import type { StandingLaunch } from './standing-launch.js';
import type { LaunchEnd, LauncherState, StreamedLaunch } from './streamed-launch.js';

/** More than any packet has, so that a longer one is seen to be longer. */
const buffer = Buffer.alloc(SAID_BYTES + 1);
const TOKEN_BYTES = 1024;

export type StreamedRequest = LaunchRequest & { readonly state: LauncherState };

/** The shim's side of a launcher of version 2 or 3. */
export class LaunchStream {
  readonly launch: StreamedLaunch;
  /** The same for one of version 3. */
  readonly standing: StandingLaunch | undefined;
  readonly #standing: LaunchStanding | undefined;
  readonly #input: LaunchInput;
  readonly #outputs: { readonly 1: LaunchOutput; readonly 2: LaunchOutput };
  readonly #signals: LaunchSignals;
  readonly #sizes = new Set<() => void>();
  #size: TerminalSize;
  #accepted = false;
  #refused: string | undefined;
  #remembered: boolean;
  /** Called when the next shimd could go on. */
  onRemembered: () => void = () => undefined;

  constructor(
    private readonly connection: LaunchConnection,
    request: StreamedRequest,
    pid: number,
  ) {
    const { state } = request;
    this.#size = state.size;
    this.#remembered = state.token !== '';
    this.#input = new LaunchInput(state.taken, {
      begin: () => this.#say(inputPacket()),
      taken: (offset) => this.#say(takenPacket(offset)),
    });
    const output = (stream: 1 | 2): LaunchOutput => {
      const printed = state.printed[stream - 1] as number;
      // Without a token the same is printed again, and the launcher drops what it has.
      const sent = this.#remembered ? (state.received[stream - 1] as number) : 0;
      const side = { begin: () => this.#accept(), post: (packet: Buffer) => this.#post(packet) };
      return new LaunchOutput(stream, side, sent, printed);
    };
    this.#outputs = { 1: output(1), 2: output(2) };
    this.#signals = new LaunchSignals(state.signals, {
      wanted: (mask) => (this.#accepted ? this.#say(signalsPacket(mask)) : undefined),
      handled: (number) => this.#say(handledPacket(number)),
    });
    this.launch = this.#launchOf(request, pid);
    const { fd, signal } = connection;
    const side = { fd, signal, say: (packet: Buffer) => this.#say(packet) };
    this.#standing = request.standing && new LaunchStanding(request.standing, side);
    this.standing = this.#standing && Object.assign(this.launch, this.#standing.calls);
    // What fails has nobody else to tell it to before a command listens, and after.
    for (const output of Object.values(this.#outputs)) output.on('error', () => undefined);
    connection.signal.addEventListener('abort', () => this.#gone(), { once: true });
  }

  get #version(): LaunchVersion {
    return this.#standing === undefined ? STREAMS_VERSION : STANDING_VERSION;
  }

  get refused(): string | undefined {
    return this.#refused;
  }

  /** Another shimd can go on with it. */
  get remembered(): boolean {
    return this.#remembered;
  }

  /** Reads what the launcher has said. False: it has gone, or said what makes no sense. */
  receive(): boolean {
    for (;;) {
      const message = native.receive(this.connection.fd, buffer);
      if (message === undefined) return true;
      for (const fd of message.fds) closeSync(fd);
      if (message.length === 0 || message.fds.length > 0) return false;
      const said = this.#accepted ? readSaid(buffer.subarray(0, message.length)) : undefined;
      if (said === undefined || !this.#take(said)) return false;
    }
  }

  /** After all output. */
  async end({ code, hurried }: LaunchEnd): Promise<void> {
    this.#accept();
    await this.connection.post(exitPacket(code, hurried));
  }

  #take(said: Said): boolean {
    switch (said.what) {
      case 'input':
        return this.#input.arrived(said.offset, said.bytes);
      case 'input-end':
        return this.#input.ended(said.offset);
      case 'signal':
        return this.#signals.arrived(said.signal, said.number);
      case 'printed':
        return this.#outputs[said.stream].wasPrinted(said.offset);
      case 'unprintable':
        this.#outputs[said.stream].failed(said.errno);
        return true;
      case 'size':
        this.#size = { rows: said.rows, columns: said.columns };
        for (const handle of this.#sizes) handle();
        return true;
      case 'told':
      case 'heard':
      case 'detached':
      case 'closed':
        return this.#standing?.take(said) === true;
    }
  }

  #accept(): void {
    if (this.#accepted || this.#refused !== undefined) return;
    this.connection.signal.throwIfAborted();
    this.#accepted = this.connection.send(acceptedStreamPacket(this.#signals.mask, this.#version));
    if (this.#accepted) return;
    this.connection.close();
    this.connection.signal.throwIfAborted();
  }

  #refuse(why: string): boolean {
    if (this.#refused !== undefined) return true;
    if (this.#accepted || this.launch.again) return false;
    this.#refused = why;
    this.connection.refuse(REFUSAL.ELSEWHERE);
    return true;
  }

  #remember(token: string): void {
    if (Buffer.byteLength(token) > TOKEN_BYTES || token === '' || token.includes('\0'))
      throw new ShimError('SHIM_INTERNAL', `a token of ${token.length} characters`);
    this.#remembered = true;
    this.#say(tokenPacket(token));
    this.onRemembered();
  }

  /** Nobody is told any more once the launcher has gone. */
  #say(packet: Buffer): void {
    void this.#post(packet).catch(() => undefined);
  }

  async #post(packet: Buffer): Promise<void> {
    this.#accept();
    if (this.#refused === undefined) await this.connection.post(packet);
  }

  #gone(): void {
    this.#input.destroy();
    for (const output of Object.values(this.#outputs)) output.destroy();
  }

  #launchOf(request: StreamedRequest, pid: number): StreamedLaunch {
    const { state, kind, requestId, argv, env, cwd, umask } = request;
    const hasTerminal = state.isTTY.stdin || state.isTTY.stdout;
    const size = (): TerminalSize | undefined => (hasTerminal ? this.#size : undefined);
    const refused = (): boolean => this.#refused !== undefined;
    return {
      ...state,
      ...{ kind, requestId, argv, env, cwd, umask, pid, signal: this.connection.signal },
      ...{ stdin: this.#input, stdout: this.#outputs[1], stderr: this.#outputs[2] },
      again: state.attempt > 0,
      get size() {
        return size();
      },
      get refused() {
        return refused();
      },
      accept: () => this.#accept(),
      refuse: (why) => this.#refuse(why),
      onSignal: (signal, handle) => this.#signals.on(signal, handle),
      onSize: (handle) => {
        this.#sizes.add(handle);
        return () => this.#sizes.delete(handle);
      },
      setRaw: (raw) => this.#say(rawPacket(raw)),
      remember: (token) => this.#remember(token),
    };
  }
}
