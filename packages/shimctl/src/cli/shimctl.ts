import { CommanderError, type Command } from 'commander';
import { asShimError, ShimError } from '@holdfast/core/plugin';
import { CommandContext } from './context.js';
import type { CliEnvironment } from './environment.js';
import { EXIT, failureExitCode, STAYS_WITH_PROCESS } from './exit-codes.js';
import { globalOptions } from './global-options.js';
import { Output } from './output/output.js';
import { GivenUp } from './relay-signals.js';
import { isRevival, revive } from './revive.js';
import { buildProgram, type Dispatch } from './program.js';
import { OUTPUT_CLOSED, watchOutput } from './watch-output.js';

/** Runs one command line. Resolves to its exit code, with everything said; never rejects. */
export async function shimctl(environment: CliEnvironment): Promise<number> {
  const watch = watchOutput(environment);
  const run: Run = { environment, output: new Output(environment), whenClosed: watch.failed, command: '' };
  run.output.json = namesJson(environment.argv);
  try {
    return await Promise.race([runCommand(run), watch.failed]);
  } catch (error) {
    return fail(error, run);
  } finally {
    watch.stop();
  }
}

interface Run {
  readonly environment: CliEnvironment;
  readonly output: Output;
  readonly whenClosed: Promise<never>;
  /** Name of the command once it is known. */
  command: string;
}

async function runCommand(run: Run): Promise<number> {
  const { environment, output, whenClosed } = run;
  let exitCode: number = EXIT.OK;
  const dispatch: Dispatch = async (command, handler) => {
    const globals = globalOptions(command);
    run.command = command.name();
    environment.started?.({ path: pathOf(command), args: command.args, options: command.opts() });
    output.json = globals.json === true;
    output.debug = globals.logLevel === 'debug' || globals.logLevel === 'trace';
    const context = new CommandContext({ environment, output, globals, whenClosed });
    try {
      exitCode = await (isRevival(environment) ? revive(context) : handler(context, command.args, command.opts()));
    } finally {
      context.close();
    }
  };
  await buildProgram(environment, dispatch).parseAsync(environment.argv, { from: 'user' });
  return exitCode;
}

/** Names from the program's own on, without it. */
function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

function fail(error: unknown, { environment, output, command }: Run): number {
  if (error === OUTPUT_CLOSED) return STAYS_WITH_PROCESS.has(command) ? EXIT.OUTPUT_CLOSED : EXIT.OK;
  if (error instanceof GivenUp) {
    output.note(error.message);
    environment.hurry();
    return error.exitCode;
  }
  if (error instanceof CommanderError) return afterCommander(error, output);
  const shown = asShimError(error);
  output.error(shown);
  return failureExitCode(command, shown.code);
}

/** Help, the version, or a command line that can't be understood. */
function afterCommander(error: CommanderError, output: Output): number {
  if (error.exitCode === 0) return EXIT.OK;
  // Without a command the help has been written to stderr.
  if (error.code !== 'commander.help') output.error(new ShimError('SHIM_USAGE', error.message.replace(/^error: /, '')));
  return EXIT.USAGE;
}

/** Whether an error in the command line itself is to be JSON; what follows `--` is not for us. */
export function namesJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}
