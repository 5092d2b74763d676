import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runs } from './processes.mjs';
import { until } from './command.mjs';

/** What brings shimd to each fault point. The log's are passed by every resident. */
export const ERRANDS = {
  'intent-recorded': 'detached',
  create: 'foreground',
  'pid-recorded': 'detached',
  start: 'foreground',
  'log-peek': undefined,
  'log-write': undefined,
  'log-commit': undefined,
  'exit-seen': 'detached',
  'exit-recorded': 'foreground',
  delete: 'terminal',
  'stop-signalled': 'stopped',
  'pause-intent': 'paused',
  pause: 'paused',
  'resume-intent': 'paused',
  resume: 'paused',
  attached: 'foreground',
  'terminal-accepted': 'terminal',
  'terminal-received': 'terminal',
  'terminal-held': 'terminal',
  'terminal-moved': 'terminal',
  'exec-intent': 'execs',
  'exec-started': 'execs',
  'exec-pid-recorded': 'execs',
};

/** A fault point at which shimd is to die, once. */
export class ArmedFault {
  #file;

  constructor(directory, point) {
    this.directory = directory;
    this.point = point;
    this.#file = join(directory, point);
  }

  /** At the passage of that number, counted from now. */
  arm(passage) {
    writeFileSync(`${this.#file}.new`, String(passage));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Resolves to the pid of the shimd that has died of it; to undefined if none has come there in time. */
  async struck(ms, signal) {
    const pid = await until(() => this.#pid(), ms, signal);
    rmSync(this.#file, { force: true });
    // At the last moment.
    const found = pid ?? this.#pid();
    if (found === undefined) return undefined;
    rmSync(`${this.#file}.${found}`);
    await until(() => !runs(found), ms, signal);
    return found;
  }

  #pid() {
    const prefix = `${this.point}.`;
    const names = readdirSync(this.directory).filter(
      (name) => name.startsWith(prefix) && /^[0-9]+$/.test(name.slice(prefix.length)),
    );
    return names.length === 0 ? undefined : Number(names[0].slice(prefix.length));
  }
}
