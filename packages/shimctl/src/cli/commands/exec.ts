import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { CreateExecRequest, ExecRef, StartExecRequest, TerminalOptions } from '@holdfast/core/client';
import { checkIdentifier } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { inspectKnown, newRequest, type CommandContext, type Target } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { collect } from '../global-options.js';
import { parsePath, parseSeconds } from '../numbers.js';
import { buildExecProcess, type ExecRequest } from '../process/exec-process.js';
import { addForegroundOptions, passOn, runForeground, type ForegroundOptions } from '../process/foreground.js';
import { relaySignals, type SignalRelay } from '../relay-signals.js';
import { ownSize } from '../terminal/own-size.js';
import { requireKeys } from '../terminal/require-keys.js';
import { preservedFds } from '../unit/passed-descriptors.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface ExecOptions extends ForegroundOptions {
  readonly detach?: true;
  readonly interactive?: true;
  readonly tty?: true;
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly user?: string;
  readonly timeout?: string;
  readonly process?: string;
  readonly pidFile?: string;
  readonly preserveFds?: string;
}

/** `shimctl exec`. */
export function addExec(host: CommandHost): void {
  const command = host.program
    .command('exec')
    .description('run a command in a running container')
    .usage('[options] <id> -- <command> [argument...]')
    .argument('<id>', 'container')
    .argument('[command...]', 'command and its arguments, after "--"')
    .passThroughOptions()
    .option('-d, --detach', 'return once it runs')
    .option('-i, --interactive', 'pass stdin on')
    .option('-t, --tty', 'give it a terminal')
    .option('-e, --env <key=value>', 'environment variable; may be given more than once', collect)
    .option('--cwd <dir>', 'working directory in the container')
    .option('-u, --user <user[:group]>', 'names are looked up in the container; a number keeps its group')
    .option('--timeout <seconds>', 'kill the command after this time')
    .option('--process <file>', "OCI process object to use in place of the container's own process")
    .option('--pid-file <file>', 'write the pid of the command, as the host knows it, to this file')
    .option('--preserve-fds <n>', 'pass n descriptors on, from 3 upwards');
  addForegroundOptions(command).addHelpText('after', EPILOG);
  host.bind<ExecOptions>(command, exec);
}

const EPILOG = `
Options go before the id. Environment, user, limits and capabilities are those of the container's own process.

Exit codes: the command's own, 128+N if signal N ended it (137 after --timeout); 125 if shimctl or the shim failed,
126 if the command can't be executed, 127 if it doesn't exist.
${examples('shimctl exec web -- ps', 'shimctl exec -it web -- sh', 'shimctl exec -i -u nobody -e LANG=C web -- sh', 'shimctl exec --timeout 5 web -- healthcheck')}`;

const exec: Handler<ExecOptions> = async (context, [id, ...rest], options) => {
  checkIdentifier(id as string, 'container id');
  const args = commandOf(id as string, rest, options);
  const limit = options.timeout === undefined ? {} : { timeoutMs: parseSeconds(options.timeout, '--timeout') };
  // Before anything is opened.
  const descriptors = preservedFds(context.environment, options.preserveFds);
  const session = { args, options, limit, descriptors };
  if (!options.detach) requireKeys(context, options);
  if (options.detach) return startSession(context, await createSession(context, id as string, session));
  const relay = relaySignals(context.environment, (error) => context.output.error(error));
  try {
    const running = createSession(context, id as string, session).then((made) => runSession(context, relay, made));
    return await Promise.race([running, relay.gaveUp]);
  } finally {
    relay.close();
  }
};

type Descriptors = Pick<StartExecRequest, 'preserveFds'>;

interface Session extends Target {
  readonly options: ExecOptions;
  readonly descriptors: Descriptors;
  readonly terminal: boolean;
  readonly exec: ExecRef;
}

function commandOf(id: string, rest: readonly string[], options: ExecOptions): readonly string[] {
  const args = rest[0] === '--' ? rest.slice(1) : rest;
  if (rest[0]?.startsWith('-') && rest[0] !== '--') {
    throw new ShimError('SHIM_USAGE', `${JSON.stringify(rest[0])} comes after the id`, {
      remedy: `Options go before the id, and "--" before the command: shimctl exec [options] ${id} -- COMMAND.`,
    });
  }
  if (args.length > 0 || options.process !== undefined) return args;
  throw new ShimError('SHIM_USAGE', 'no command to run', {
    remedy: `Give one: shimctl exec ${id} -- COMMAND [ARG…].`,
  });
}

interface Wish {
  readonly args: readonly string[];
  readonly options: ExecOptions;
  readonly limit: { timeoutMs?: number };
  readonly descriptors: Descriptors;
}

async function createSession(
  context: CommandContext,
  id: string,
  { args, options, limit, descriptors }: Wish,
): Promise<Session> {
  const { progress } = context.environment;
  const target = await context.target(id);
  const execId = `x${progress?.id.slice(0, 16) ?? randomBytes(8).toString('hex')}`;
  const session = { ...target, options, descriptors, exec: { ...target.ref, execId } };
  // Another process has come so far with it.
  if (progress?.known !== undefined) return { ...session, terminal: progress.known['terminal'] === true };
  const { bundle } = await inspectKnown(target);
  const { terminalSize } = await ownSize(context);
  const process = await buildExecProcess(bundle, execRequest(context, { args, options, terminalSize }));
  const request: CreateExecRequest = {
    ...newRequest(),
    ...limit,
    execId,
    process,
    stdin: options.interactive === true,
    detached: options.detach === true,
    ...(terminalSize !== undefined && { terminalSize }),
    ...(options.pidFile !== undefined && {
      pidFile: parsePath(options.pidFile, '--pid-file', context.environment.cwd),
    }),
  };
  await target.service.createExec(target.ref, request);
  const terminal = process.terminal === true;
  return { ...session, terminal };
}

function execRequest(
  { environment }: CommandContext,
  {
    args,
    options,
    terminalSize,
  }: Pick<Wish, 'args' | 'options'> & { terminalSize: TerminalOptions['terminalSize'] | undefined },
): ExecRequest {
  const { cwd, user, process } = options;
  return {
    args,
    env: options.env ?? [],
    ...(options.tty && { terminal: { size: terminalSize, type: environment.env.TERM } }),
    ...(cwd !== undefined && { cwd }),
    ...(user !== undefined && { user }),
    ...(process !== undefined && { processFile: resolve(environment.cwd, process) }),
  };
}

async function startSession(context: CommandContext, session: Session): Promise<number> {
  const { service, exec: ref, descriptors } = session;
  try {
    const document = await service.startExec(ref, { ...newRequest(), ...descriptors });
    if (context.output.json) await context.output.writeJson(document);
    return EXIT.OK;
  } catch (error) {
    await service.deleteExec(ref).catch(() => undefined);
    throw error;
  }
}

async function runSession(
  context: CommandContext,
  relay: SignalRelay,
  { service, shims, config, exec: ref, options, descriptors, terminal }: Session,
): Promise<number> {
  let left = false;
  try {
    const exit = await runForeground(context, relay, {
      shims,
      config,
      ref,
      interactive: options.interactive === true,
      terminal,
      options,
      primary: true,
      start: () => service.startExec(ref, { ...newRequest(), ...descriptors }),
      kill: (signal) => service.killExec(ref, { ...newRequest(), signal }),
    });
    left = exit === undefined;
    if (exit?.timedOut) context.output.error(timedOut(options.timeout as string, ref));
    return passOn(context, 'the command', exit);
  } finally {
    // One that was left is forgotten by the shim some time after its end.
    if (!left) await service.deleteExec(ref).catch(() => undefined);
  }
}

function timedOut(timeout: string, { id }: ExecRef): ShimError {
  return new ShimError('SHIM_EXEC_TIMEOUT', `the command was killed: it took longer than ${timeout} s`, {
    where: id,
  });
}
