import { randomUUID } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildStdio, CommandResult, RuntimeContext } from '@holdfast/core/plugin';
import type { Dialect, OciCommand } from './dialect.js';
import { failure } from './failure.js';
import type { OciOptions } from './options.js';
import { readBounded } from './read-bounded.js';

const LOG_LIMIT = 1 << 20;

/** What every command of one runtime object shares. */
export interface Setup {
  readonly context: RuntimeContext;
  readonly options: OciOptions;
  readonly dialect: Dialect;
}

/** One command of the runtime. */
export interface Invocation {
  readonly command: OciCommand;
  readonly id: string;
  /** Everything after the command's name. */
  readonly args: readonly string[];
  /** The container's stdio; the command's output is captured without it. */
  readonly io?: ChildStdio | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one command to a successful end; a coded error tells why there was none.
 *
 * The runtime's messages go into a log file of the command's own, since with `io` its stderr is the container's.
 */
export async function invoke(setup: Setup, call: Invocation): Promise<CommandResult> {
  const { context, dialect } = setup;
  const logFile = join(context.scratch, `${call.command}-${randomUUID()}.log`);
  try {
    const result = await context.runner.run({
      argv: [...globalArgs(setup, logFile), call.command, ...call.args],
      ...(call.io === undefined ? {} : { stdio: call.io }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    if (result.code === 0) return result;
    const log = readLog(context, logFile) ?? '';
    throw failure({ dialect, command: call.command, id: call.id, where: whereOf(setup, call), result, log });
  } finally {
    removeFile(context, logFile);
  }
}

/** `runc create web`: the command line without its flags. */
export function whereOf({ options }: Setup, { command, id }: Pick<Invocation, 'command' | 'id'>): string {
  return `${options.path} ${command} ${id}`;
}

/** Removes a short-lived file; that it cannot be removed must not hide what the command did. */
export function removeFile(context: RuntimeContext, path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    context.logger.warn({ err: error, path }, 'a short-lived file could not be removed');
  }
}

function globalArgs({ context, options, dialect }: Setup, logFile: string): string[] {
  const systemd = options.systemdCgroup ? ['--systemd-cgroup'] : [];
  return [options.path, ...options.args, '--root', context.root, ...dialect.logFlags(logFile), ...systemd];
}

function readLog(context: RuntimeContext, path: string): string | undefined {
  try {
    return readBounded(path, LOG_LIMIT)?.toString();
  } catch (error) {
    context.logger.warn({ err: error, path }, "the runtime's log could not be read");
    return undefined;
  }
}
