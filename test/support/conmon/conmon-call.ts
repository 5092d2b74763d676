import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, createReadStream } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { native } from '@holdfast/native';
import { fixture } from '../fixture.js';
import { Packets } from './packets.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What is tried. Another can be named, to look whether these tests are right. */
export const CONMON =
  process.env['HOLDFAST_TEST_CONMON'] ??
  join(ROOT, 'packages/conmon/launchers', `${process.platform}-${process.arch}`, 'holdfast-conmon');
/** Ours; false of another one that was named. */
export const IS_OURS = process.env['HOLDFAST_TEST_CONMON'] === undefined;

export interface CallOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Which of the caller's pipes it is given, from descriptor `first` on. */
  readonly pipes?: readonly ('sync' | 'start' | 'attach')[];
  /** Descriptors that come before the pipes. */
  readonly preserved?: readonly number[];
}

export interface CallEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One call of conmon, as podman and CRI-O make it. */
export class ConmonCall {
  readonly child: ChildProcess;
  /** It has ended, and nobody has its stdout and stderr any more. */
  readonly ended: Promise<CallEnd>;
  readonly #pipes = new Map<string, Packets>();

  constructor(args: readonly string[], { cwd, env, pipes = [], preserved = [] }: CallOptions) {
    const theirs: number[] = [];
    const variables: Record<string, string> = {};
    for (const name of pipes) {
      const [ours, its] = native.seqpacketPair();
      variables[`_OCI_${name.toUpperCase()}PIPE`] = String(3 + preserved.length + theirs.length);
      this.#pipes.set(name, new Packets(ours));
      theirs.push(its);
    }
    // Pipes, as podman has them: what Node would make are sockets, which can't be opened once more.
    const [stdout, itsStdout] = native.pipe(false);
    const [stderr, itsStderr] = native.pipe(false);
    this.child = spawn(fixture('blocking'), [CONMON, ...args], {
      ...{ cwd, env: { ...env, ...variables } },
      stdio: ['ignore', itsStdout, itsStderr, ...preserved, ...theirs],
    });
    [itsStdout, itsStderr, ...theirs].forEach(closeSync);
    const said = Promise.all([stdout, stderr].map((fd) => text(createReadStream('', { fd }))));
    const exited = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
      this.child.once('exit', (code, signal) => resolve([code, signal])),
    );
    this.ended = Promise.all([exited, said]).then(([[code, signal], [out = '', errors = '']]) => ({
      ...{ code, signal, stdout: out, stderr: errors },
    }));
  }

  /** The byte that it waits for; with exec-attach it waits for a second one. */
  begin(): void {
    this.pipe('start').send('\0');
  }

  /** The next line that it says; undefined at the end. Each is one message. */
  async says(): Promise<Record<string, unknown> | undefined> {
    return parse(await this.pipe('sync').next());
  }

  /** All lines that it says up to the end. */
  async saysAll(): Promise<Record<string, unknown>[]> {
    return (await this.pipe('sync').rest()).map((each) => parse(each) ?? {});
  }

  pipe(name: 'sync' | 'start' | 'attach'): Packets {
    const pipe = this.#pipes.get(name);
    if (pipe === undefined) throw new Error(`it has no ${name} pipe`);
    return pipe;
  }
}

/** Fails unless it is one line. */
function parse(message: Buffer | undefined): Record<string, unknown> | undefined {
  if (message === undefined) return undefined;
  const text = message.toString();
  if (text.indexOf('\n') !== text.length - 1) throw new Error(`not one line: ${JSON.stringify(text)}`);
  return JSON.parse(text) as Record<string, unknown>;
}
