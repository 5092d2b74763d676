import { writeFile } from 'node:fs/promises';
import type { Command, CommandResult, CommandRunner } from '@holdfast/core/plugin';

/** What the pretended runtime does with one command. */
export interface CommandScript {
  /** 0 if left out. */
  readonly code?: number | null;
  readonly signal?: number | null;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Written into the file after `--log`. */
  readonly log?: string;
  /** Written into the file after `--pid-file`. */
  readonly pid?: string;
  /** Thrown instead of a result. */
  readonly error?: Error;
  /** Called while the command "runs". */
  readonly during?: (command: Command) => Promise<void>;
}

/** A runner that starts nothing: it plays the scripts in order, the last one again and again, and keeps the commands. */
export class FakeCommandRunner implements CommandRunner {
  readonly commands: Command[] = [];
  readonly #scripts: readonly CommandScript[];

  constructor(...scripts: readonly CommandScript[]) {
    this.#scripts = scripts;
  }

  async run(command: Command): Promise<CommandResult> {
    const script = this.#scripts[Math.min(this.commands.length, this.#scripts.length - 1)] ?? {};
    this.commands.push(command);
    if (script.log !== undefined) await writeFile(argumentAfter(command, '--log'), script.log);
    if (script.pid !== undefined) await writeFile(argumentAfter(command, '--pid-file'), script.pid);
    await script.during?.(command);
    if (script.error !== undefined) throw script.error;
    return {
      code: script.code === undefined ? 0 : script.code,
      signal: script.signal ?? null,
      stdout: Buffer.from(script.stdout ?? ''),
      stderr: Buffer.from(script.stderr ?? ''),
    };
  }
}

/** The argument that follows `flag`; throws if there is none. */
export function argumentAfter(command: Command, flag: string): string {
  const value = command.argv[command.argv.indexOf(flag) + 1];
  if (!command.argv.includes(flag) || value === undefined) throw new Error(`no ${flag} in ${command.argv.join(' ')}`);
  return value;
}
