import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { CommandContext } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { collect } from '../global-options.js';
import { escapeControls } from '../output/escape.js';
import { mergeEnv, workingDirectory } from '../process/exec-process.js';
import { resolveUser } from '../process/resolve-user.js';
import { defaultSpec, type SpecChoices } from '../spec/default-spec.js';
import { findCommand } from '../spec/find-command.js';
import { parseSize } from '../spec/parse-size.js';
import { writeSpec } from '../spec/write-spec.js';
import { examples, type CommandHost, type Handler } from './command.js';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface SpecOptions {
  readonly bundle: string;
  readonly rootfs?: string;
  readonly force?: true;
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly user?: string;
  readonly memory?: string;
  readonly readOnly?: true;
}

/** `shimctl spec`. */
export function addSpec(host: CommandHost): void {
  const command = host.program
    .command('spec')
    .description('write a config.json that runs as it is')
    .usage('[options] [-- <command> [argument...]]')
    .argument('[command...]', 'command and its arguments, after "--"; sh if left out')
    .passThroughOptions()
    .option('-b, --bundle <dir>', 'where to write it', '.')
    .option('--rootfs <dir>', "the container's root file system; rootfs in the bundle if left out")
    .option('--force', 'write over a config.json')
    .option('-e, --env <key=value>', 'environment variable; may be given more than once', collect)
    .option('--cwd <dir>', 'working directory in the container')
    .option('-u, --user <user[:group]>', 'names are looked up in the root file system')
    .option('--memory <size>', 'memory limit, such as 64m')
    .option('--read-only', 'a root file system that cannot be written')
    .addHelpText(
      'after',
      examples(
        'shimctl spec',
        'shimctl spec --bundle ./web --rootfs ./alpine -- sh -c "echo hello"',
        'shimctl spec --force -u 1000:1000 -e LANG=C --memory 64m --read-only -- /srv/web --port 80',
      ),
    );
  host.bind<SpecOptions>(command, spec);
}

const spec: Handler<SpecOptions> = async (context, rest, options) => {
  const { cwd } = context.environment;
  const bundle = resolve(cwd, options.bundle);
  const rootfs = options.rootfs === undefined ? resolve(bundle, 'rootfs') : resolve(cwd, options.rootfs);
  const choices = await choose({ bundle, rootfs }, rest[0] === '--' ? rest.slice(1) : rest, options);
  const path = await writeSpec(bundle, defaultSpec(choices), options.force === true);
  const warnings = await findFaults(rootfs, choices);
  report(context, warnings);
  if (context.output.json) await context.output.writeJson({ path, warnings });
  else await context.output.write(`${escapeControls(path)}\n`);
  return EXIT.OK;
};

interface Place {
  readonly bundle: string;
  readonly rootfs: string;
}

async function choose(
  { bundle, rootfs }: Place,
  command: readonly string[],
  options: SpecOptions,
): Promise<SpecChoices> {
  const { user } = options;
  const base = { uid: 0, gid: 0 };
  return {
    args: command.length > 0 ? command : ['sh'],
    env: mergeEnv([PATH], options.env ?? []),
    cwd: workingDirectory(options.cwd ?? '/'),
    user: user === undefined ? base : await resolveUser(user, base, () => rootfs),
    rootfs: fromBundle(bundle, rootfs),
    readOnly: options.readOnly === true,
    ...(options.memory !== undefined && { memory: parseSize(options.memory, '--memory') }),
  };
}

/** Relative if it lies in the bundle, so that the bundle can be moved. */
function fromBundle(bundle: string, rootfs: string): string {
  const path = relative(bundle, rootfs);
  return path === '' || path === '..' || path.startsWith('../') || isAbsolute(path) ? rootfs : path;
}

/** What would keep the spec from running; a root file system may well be made afterwards. */
async function findFaults(rootfs: string, choices: SpecChoices): Promise<string[]> {
  const found = await stat(rootfs).catch(() => undefined);
  if (found?.isDirectory() !== true) return [`there is no root file system yet: ${rootfs}`];
  const [command = ''] = choices.args;
  const state = await findCommand(rootfs, command, choices);
  if (state === 'found') return [];
  return [`${JSON.stringify(command)} is ${state === 'missing' ? 'not' : 'there but not executable'} in ${rootfs}`];
}

function report({ output }: CommandContext, warnings: readonly string[]): void {
  for (const warning of warnings) output.note(`warning: ${warning}`);
}
