import { signalName } from '../../../src/reaper/exit-status.js';
import { HARMLESS_SIGNAL, TERM } from './world.js';

const KILL = 9;

/** How a process ended, as the shim is to tell it. */
export interface End {
  readonly exitCode: number;
  readonly signal: string | null;
}

export const exited = (code: number): End => ({ exitCode: code, signal: null });
export const signaled = (signal: number): End => ({ exitCode: 128 + signal, signal: signalName(signal) });

/** What a command is answered with: this, or the code of an error. */
export type Answer = 'ok' | `SHIM_${string}`;
type ExecStatus = 'created' | 'running' | 'stopped';

/** What a container is and what may be asked of it, told in a second way: see `state-machine.ts` for the first. */
export class Model {
  status: 'none' | 'created' | 'running' | 'paused' | 'stopped' = 'none';
  createdBy = '';
  end: End | undefined;
  /** A signal that a paused process has not got yet. */
  pending: number | undefined;
  readonly execs = new Map<string, { status: ExecStatus; createdBy: string; end?: End }>();

  constructor(private readonly ignoresTerm: boolean) {}

  get alive(): boolean {
    return this.status === 'created' || this.status === 'running' || this.status === 'paused';
  }

  create(requestId: string): Answer {
    if (this.status !== 'none') return this.createdBy === requestId ? 'ok' : 'SHIM_CONTAINER_EXISTS';
    this.status = 'created';
    this.createdBy = requestId;
    return 'ok';
  }

  start(): Answer {
    return this.#move(['created'], () => (this.status = 'running'));
  }

  pause(): Answer {
    return this.#move(['running'], () => (this.status = 'paused'));
  }

  resume(): Answer {
    return this.#move(['paused'], () => this.#thaw());
  }

  kill(signal: number): Answer {
    return this.#move(['created', 'running', 'paused'], () => {
      this.#signal(signal);
      if (signal === KILL) this.#thaw();
    });
  }

  stop(): Answer {
    return this.#move(['created', 'running', 'paused', 'stopped'], () => {
      if (!this.alive) return;
      this.#signal(TERM);
      this.#thaw();
      if (this.alive) this.endWith(signaled(KILL));
    });
  }

  delete(force: boolean): Answer {
    const legal = ['created', 'stopped', ...(force ? ['running', 'paused'] : [])];
    return this.#move(legal, () => {
      if (this.alive) this.endWith(signaled(KILL));
      this.status = 'none';
      this.end = undefined;
      this.execs.clear();
    });
  }

  createExec(execId: string, requestId: string): Answer {
    return this.#move(['running'], () => {
      const known = this.execs.get(execId);
      if (known !== undefined) return known.createdBy === requestId ? 'ok' : 'SHIM_EXEC_EXISTS';
      this.execs.set(execId, { status: 'created', createdBy: requestId });
      return 'ok';
    });
  }

  startExec(execId: string): Answer {
    return this.#move(['running'], () =>
      this.#exec(execId, (exec) => {
        if (exec.status === 'created') exec.status = 'running';
        return 'ok';
      }),
    );
  }

  killExec(execId: string, signal: number): Answer {
    return this.#exec(execId, (exec) => {
      if (exec.status !== 'running') return 'SHIM_ILLEGAL_STATE';
      this.endExec(execId, signaled(signal));
      return 'ok';
    });
  }

  removeExec(execId: string): Answer {
    return this.#exec(execId, (exec) => {
      if (exec.status === 'running') return 'SHIM_ILLEGAL_STATE';
      this.execs.delete(execId);
      return 'ok';
    });
  }

  endExec(execId: string, end: End): void {
    const exec = this.execs.get(execId);
    if (exec?.status === 'running') Object.assign(exec, { status: 'stopped', end });
  }

  /** Init ends, and with it all that runs beside it. */
  endWith(end: End): void {
    this.status = 'stopped';
    this.end = end;
    this.pending = undefined;
    for (const execId of this.execs.keys()) this.endExec(execId, signaled(KILL));
  }

  /** A signal waits for the end of a pause that shimd died over. */
  frozen(signal: number): void {
    this.pending = signal;
  }

  #exec(execId: string, then: (exec: { status: ExecStatus }) => Answer): Answer {
    if (this.status === 'none') return 'SHIM_CONTAINER_NOT_FOUND';
    const exec = this.execs.get(execId);
    return exec === undefined ? 'SHIM_EXEC_NOT_FOUND' : then(exec);
  }

  #move(legal: readonly string[], then: () => unknown): Answer {
    if (this.status === 'none') return 'SHIM_CONTAINER_NOT_FOUND';
    if (!legal.includes(this.status)) return 'SHIM_ILLEGAL_STATE';
    const answer = then();
    return typeof answer === 'string' && answer.startsWith('SHIM_') ? (answer as Answer) : 'ok';
  }

  #signal(signal: number): void {
    if (signal === HARMLESS_SIGNAL || (signal === TERM && this.ignoresTerm)) return;
    if (this.status === 'paused') this.pending = signal;
    else this.endWith(signaled(signal));
  }

  #thaw(): void {
    if (this.status !== 'paused') return;
    if (this.pending !== undefined) this.endWith(signaled(this.pending));
    else this.status = 'running';
  }
}
