import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { checkIdentifier, type CreateContainerRequest, type UnitOptions } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { collect } from '../global-options.js';
import { readLabels, type LabelOptions } from '../labels.js';
import { parsePath } from '../numbers.js';
import { newRequest, type CommandContext, type Target } from '../context.js';
import { ownSize } from '../terminal/own-size.js';
import { passedDescriptors } from '../unit/passed-descriptors.js';

/** Flags that `create` and `run` share. */
export interface NewContainerOptions extends LabelOptions {
  readonly bundle: string;
  readonly interactive?: true;
  readonly tty?: true;
  readonly rm?: true;
  readonly pidFile?: string;
  readonly preserveFds?: string;
  readonly withUnit?: true;
}

/** A container that was created. */
export interface NewContainer extends Target {
  readonly terminal: boolean;
}

/** Adds the flags of {@link NewContainerOptions}. */
export function addNewContainerOptions(command: Command): Command {
  return command
    .option('-b, --bundle <dir>', 'OCI bundle: a directory with config.json', '.')
    .option('-t, --tty', 'give it a terminal, whatever its config.json says')
    .option('--rm', 'delete the container once it has stopped and its logs are complete')
    .option('--pid-file <file>', 'write the pid of the container to this file')
    .option('--preserve-fds <n>', 'pass n descriptors on, from 3 (or from what LISTEN_FDS says) upwards')
    .option('--with-unit', "put the container's cgroup below the unit's: it ends with the unit that started it")
    .option('--label <key=value>', 'label, for filters and log drivers; may be given more than once', collect)
    .option('--label-file <file>', 'labels, one a line; may be given more than once', collect);
}

/** Checks what can be checked here, then creates the container in its group's shim. */
export async function createContainer(
  context: CommandContext,
  id: string,
  options: NewContainerOptions,
  more: Pick<UnitOptions, 'notify'> = {},
): Promise<NewContainer> {
  checkIdentifier(id, 'container id');
  // Before anything is opened.
  const descriptors = passedDescriptors(context.environment, options.preserveFds);
  const pidFile = pidFileOf(options, context.environment);
  const labels = await readLabels(options, context.environment);
  const bundle = await findBundle(resolve(context.environment.cwd, options.bundle));
  const connection = await context.connect();
  const { config, shims } = connection;
  const ref = { namespace: config.namespace, id };
  const request: CreateContainerRequest = {
    ...ref,
    ...newRequest(),
    bundle,
    config: await config.container(ref),
    stdin: options.interactive === true,
    ...(options.tty && { terminal: true }),
    ...(await ownSize(context)),
    autoRemove: options.rm === true,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...descriptors,
    ...more,
    ...(options.withUnit && { withUnit: true }),
    ...pidFile,
  };
  const service = await shims.forGroup(config.group);
  const { terminal } = await service.create(request);
  return { ...connection, ref, service, terminal };
}

function pidFileOf({ pidFile }: NewContainerOptions, { cwd }: CommandContext['environment']): { pidFile?: string } {
  return pidFile === undefined ? {} : { pidFile: parsePath(pidFile, '--pid-file', cwd) };
}

async function findBundle(bundle: string): Promise<string> {
  const found = await stat(bundle).catch((cause: unknown) => {
    throw new ShimError('SHIM_BUNDLE_NOT_FOUND', 'the bundle directory does not exist', { where: bundle, cause });
  });
  if (found.isDirectory()) return bundle;
  throw new ShimError('SHIM_BUNDLE_NOT_FOUND', 'the bundle is not a directory', { where: bundle });
}
