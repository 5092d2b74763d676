import { join } from 'node:path';
import { checkIdentifier, type ContainerRef } from '@holdfast/core/client';
import { isShimError, type ErrorCode } from '@holdfast/core/plugin';
import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import type { CliShims } from '../services.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface DeleteOptions {
  readonly force?: true;
}

/** `shimctl delete`, or `rm`. */
export function addDelete(host: CommandHost): void {
  const command = host.program
    .command('delete')
    .alias('rm')
    .description('delete stopped containers, and their logs in the default place')
    .argument('<id...>', 'containers')
    .option('-f, --force', 'kill a running container first; an unknown one is no error')
    .addHelpText('after', examples('shimctl delete web', 'shimctl rm -f web db'));
  host.bind<DeleteOptions>(command, remove);
}

const remove: Handler<DeleteOptions> = async (context, ids, options) => {
  const force = options.force === true;
  for (const id of ids) checkIdentifier(id, 'container id');
  const { config, shims } = await context.connect();
  let failed = false;
  for (const id of ids) {
    const request = { ref: { namespace: config.namespace, id }, force, root: config.root, group: config.group };
    await deleteOne(shims, request).catch((error: unknown) => {
      if (force && hasCode(error, 'SHIM_CONTAINER_NOT_FOUND')) return;
      failed = true;
      context.output.error(error);
    });
  }
  return failed ? EXIT.FAILURE : EXIT.OK;
};

interface DeleteRequest {
  readonly ref: ContainerRef;
  readonly force: boolean;
  readonly root: string;
  /** Asked to clean up where the container's own group can't be read. */
  readonly group: string;
}

/** Why a container's own group may not be known. */
const UNREADABLE: readonly ErrorCode[] = ['SHIM_STATE_CORRUPT', 'SHIM_STATE_INSECURE', 'SHIM_STATE_NEWER'];

async function deleteOne(shims: CliShims, { ref, force, root, group }: DeleteRequest): Promise<void> {
  const service = await shims.forContainer(ref).catch((error: unknown) => {
    if (force && isUnreadable(error, join(root, 'ns', ref.namespace, ref.id))) return shims.forGroup(group);
    throw error;
  });
  await service.delete(ref, { ...newRequest(), force });
}

/** What is wrong with a directory above its own no shim can mend. */
function isUnreadable(error: unknown, place: string): boolean {
  if (!UNREADABLE.some((code) => hasCode(error, code))) return false;
  const { where = place } = error as { where?: string };
  return where === place || where.startsWith(`${place}/`);
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return isShimError(error) && error.code === code;
}
