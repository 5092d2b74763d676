import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { ShimError } from '../plugin/shim-error.js';
import { closePacket, detachPacket, listenPacket, PACKET_BYTES, releasePacket, tellPacket } from './launch-packets.js';
import type { StandingSaid } from './said-packets.js';
import type { StandingLaunch, StandingState } from './standing-launch.js';

export type StandingCalls = Pick<StandingLaunch, 'detach' | 'release' | 'tell' | 'hear' | 'descriptor' | 'close'>;

interface Asked {
  readonly answered: (said: StandingSaid) => void;
  readonly failed: (error: unknown) => void;
}

/** What a launcher of version 3 is asked to do, and was asked by an earlier shimd. */
export class LaunchStanding {
  readonly #asked = new Map<string, Asked>();
  readonly #told = new Map<number, number>();
  readonly #heard = new Map<number, number>();
  #closes = 0;
  /** A pidfd of the process whose descriptors can be had. */
  #process: number | undefined;

  /** `fd`: the connection. */
  constructor(
    private readonly state: StandingState,
    private readonly side: { readonly fd: number; readonly signal: AbortSignal; say(packet: Buffer): void },
  ) {
    side.signal.addEventListener('abort', () => this.#gone(), { once: true });
  }

  get calls(): StandingCalls {
    return {
      detach: () => this.#detach(),
      release: ({ keepStdio = false } = {}) => this.side.say(releasePacket(keepStdio)),
      tell: (fd, message) => this.#tell(fd, message),
      hear: (fd) => this.#hear(fd),
      descriptor: (fd) => this.#descriptor(fd),
      close: (fds) => this.#close(fds),
    };
  }

  /** False if nobody has asked for it. */
  take(said: StandingSaid): boolean {
    const key = keyOf(said);
    const asked = this.#asked.get(key);
    this.#asked.delete(key);
    asked?.answered(said);
    return asked !== undefined;
  }

  async #detach(): Promise<number> {
    if (this.state.detached !== 0) return this.state.detached;
    const said = await this.#ask('detached', detachPacket());
    if (said.what !== 'detached') return 0;
    // The one that has connected goes, once it is released.
    if (this.#process !== undefined) closeSync(this.#process);
    this.#process = native.pidfdOpen(said.pid);
    return said.pid;
  }

  async #tell(fd: number, message: Uint8Array): Promise<void> {
    const number = next(this.#told, fd);
    if (number <= (this.state.descriptors.get(fd)?.told ?? 0)) return;
    if (message.length > PACKET_BYTES)
      throw new ShimError('SHIM_INTERNAL', `a message of ${message.length} bytes for a launcher's descriptor`);
    const said = await this.#ask(`told ${fd} ${number}`, tellPacket(fd, number, message));
    if (said.what !== 'told' || said.errno === 0) return;
    throw new ShimError('SHIM_IO', `descriptor ${fd} of the caller takes nothing: errno ${said.errno}`);
  }

  async #hear(fd: number): Promise<boolean> {
    const number = next(this.#heard, fd);
    // What kind it was is not remembered: it was waited for, and has come.
    if (number <= (this.state.descriptors.get(fd)?.heard ?? 0)) return true;
    const said = await this.#ask(`heard ${fd} ${number}`, listenPacket(fd, number));
    return said.what === 'heard' && said.byte;
  }

  /** Again after a restart, when it does nothing. */
  async #close(fds: readonly number[]): Promise<void> {
    const number = ++this.#closes;
    if (fds.length > 0) await this.#ask(`closed ${number}`, closePacket(number, fds));
  }

  #descriptor(fd: number): number {
    this.side.signal.throwIfAborted();
    this.#process ??= native.peerPidfd(this.side.fd);
    return native.pidfdGetDescriptor(this.#process, fd);
  }

  #ask(key: string, packet: Buffer): Promise<StandingSaid> {
    this.side.signal.throwIfAborted();
    return new Promise((answered, failed) => {
      this.#asked.set(key, { answered, failed });
      this.side.say(packet);
    });
  }

  #gone(): void {
    if (this.#process !== undefined) closeSync(this.#process);
    this.#process = undefined;
    for (const { failed } of this.#asked.values()) failed(this.side.signal.reason);
    this.#asked.clear();
  }
}

function next(numbers: Map<number, number>, fd: number): number {
  const number = (numbers.get(fd) ?? 0) + 1;
  numbers.set(fd, number);
  return number;
}

function keyOf(said: StandingSaid): string {
  if (said.what === 'detached') return said.what;
  return said.what === 'closed' ? `closed ${said.number}` : `${said.what} ${said.fd} ${said.number}`;
}
