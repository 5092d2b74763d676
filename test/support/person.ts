import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadStream } from 'node:tty';
import { native } from '@holdfast/native';
import { onTestFinished } from 'vitest';
import { until } from './until.js';

const SOURCE = join(import.meta.dirname, '..', '..', 'packages', 'native', 'test', 'fixtures', 'send-terminal.c');

/** So much of what was not looked at is kept. */
const MOST = 1 << 16;
const LONGEST = 1000;

/** Somebody who runs a command at a terminal: types, looks, and changes the size of the window. */
export class Person {
  readonly #shown: string[] = [];
  /** What was shown and not yet looked at; of very much its end. */
  #unseen = '';
  readonly #reader: ReadStream;
  #waiting = new Set<() => void>();

  private constructor(
    private readonly master: number,
    readonly pid: number,
    /** The command's exit code. */
    readonly ended: Promise<number>,
  ) {
    this.#reader = new ReadStream(master);
    this.#reader.on('data', (bytes: Buffer) => {
      this.#show(bytes.toString('latin1'));
    });
    // EIO: the last program has gone.
    this.#reader.on('error', () => undefined);
  }

  /** Runs `command` on a terminal of its own. It is ended with the test. */
  static async runs(command: readonly string[], size = { rows: 24, columns: 80 }): Promise<Person> {
    const directory = mkdtempSync(join(tmpdir(), 'hf-person-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const socket = join(directory, 'console');
    const listener = native.streamListen(socket, 0o600, 1);
    const child = spawn(sender(), [socket, 'sh', '-c', 'read start; "$@"', 'sh', ...command], { stdio: 'inherit' });
    const ended = once(child, 'exit').then(([code]) => code as number);
    const master = await receiveMaster(listener);
    closeSync(listener);
    native.setTerminalSize(master, size.rows, size.columns);
    const person = new Person(master, child.pid as number, ended);
    onTestFinished(() => person.#leave());
    person.type('\n');
    await person.sees('\r\n');
    return person;
  }

  /** All that was shown. */
  get screen(): string {
    return this.#shown.join('');
  }

  type(text: string): void {
    for (let rest = Buffer.from(text, 'latin1'); rest.length > 0;) rest = rest.subarray(writeSync(this.master, rest));
  }

  resize(rows: number, columns: number): void {
    native.setTerminalSize(this.master, rows, columns);
  }

  /** Waits until `what` is shown behind what was seen before. Returns what was shown up to its end. */
  async sees(what: string | RegExp, ms = 20_000): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    return new Promise<string>((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        act();
      };
      const look = (): void => {
        const end = endOf(this.#unseen, what);
        if (end === undefined) return;
        const seen = this.#unseen.slice(0, end);
        this.#unseen = this.#unseen.slice(end);
        settle(() => resolve(seen));
      };
      timer = setTimeout(() => {
        const shown = JSON.stringify(this.#unseen.slice(-2000));
        settle(() => reject(new Error(`not within ${ms} ms: ${String(what)}; shown: ${shown}`)));
      }, ms);
      this.#waiting.add(look);
      look();
    });
  }

  #show(text: string): void {
    this.#shown.push(text);
    this.#unseen += text;
    for (const look of this.#waiting) look();
    if (this.#unseen.length > MOST) this.#unseen = this.#unseen.slice(-LONGEST);
  }

  /** Hangs up, as closing the window does. */
  async #leave(): Promise<void> {
    this.#reader.destroy();
    await this.ended;
  }
}

function endOf(shown: string, what: string | RegExp): number | undefined {
  if (typeof what === 'string') {
    const at = shown.indexOf(what);
    return at === -1 ? undefined : at + what.length;
  }
  const match = what.exec(shown);
  return match === null ? undefined : match.index + match[0].length;
}

async function receiveMaster(listener: number): Promise<number> {
  const attempt = <T>(call: () => T): T | undefined => {
    try {
      return call();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
      throw error;
    }
  };
  const peer = await until('the terminal is being sent', () => attempt(() => native.seqpacketAccept(listener)));
  const message = await until('the terminal is there', () => native.receive(peer, Buffer.alloc(4096)));
  closeSync(peer);
  return message.fds[0] as number;
}

/** The program that makes the terminal, built once. */
function sender(): string {
  const program = join(tmpdir(), `holdfast-send-terminal-${process.pid}`);
  if (!existsSync(program)) {
    execFileSync('cc', ['-Wall', '-Werror', '-o', program, SOURCE]);
    process.on('exit', () => rmSync(program, { force: true }));
  }
  return program;
}
