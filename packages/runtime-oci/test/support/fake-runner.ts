import { writeFile } from 'node:fs/promises';
import type { Command, CommandResult, CommandRunner } from '@holdfast/core/plugin';

/** What the pretended runtime does with one command. */
export interface Script {
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

/** A runner that plays scripts, and the commands it was given. */
export interface FakeRunner extends CommandRunner {
  readonly commands: Command[];
}

/** Plays the scripts in order; the last one again and again. */
export function fakeRunner(...scripts: readonly Script[]): FakeRunner {
  const commands: Command[] = [];
  return {
    commands,
    async run(command: Command): Promise<CommandResult> {
      const script = scripts[Math.min(commands.length, scripts.length - 1)] ?? {};
      commands.push(command);
      if (script.log !== undefined) await writeFile(valueOf(command, '--log'), script.log);
      if (script.pid !== undefined) await writeFile(valueOf(command, '--pid-file'), script.pid);
      await script.during?.(command);
      if (script.error !== undefined) throw script.error;
      return {
        code: script.code === undefined ? 0 : script.code,
        signal: script.signal ?? null,
        stdout: Buffer.from(script.stdout ?? ''),
        stderr: Buffer.from(script.stderr ?? ''),
      };
    },
  };
}

/** The argument that follows `flag`. */
export function valueOf(command: Command, flag: string): string {
  const value = command.argv[command.argv.indexOf(flag) + 1];
  if (!command.argv.includes(flag) || value === undefined) throw new Error(`no ${flag} in ${command.argv.join(' ')}`);
  return value;
}
