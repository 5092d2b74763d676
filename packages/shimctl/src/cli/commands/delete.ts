import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkIdentifier, type ContainerRef } from '@holdfast/core/client';
import { asShimError, isShimError, type ErrorCode, type ShimError } from '@holdfast/core/plugin';
import { newRequest, type CommandContext, type Connection } from '../context.js';
import { EXIT } from '../exit-codes.js';
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
    const request = { ref: { namespace: config.namespace, id }, force };
    try {
      await deleteOne(context, { config, shims }, request);
    } catch (error) {
      if (force && hasCode(error, 'SHIM_CONTAINER_NOT_FOUND')) continue;
      failed = true;
      context.output.error(error);
      continue;
    }
    if (context.output.json) await context.output.writeJson(request.ref);
  }
  return failed ? EXIT.FAILURE : EXIT.OK;
};

interface DeleteRequest {
  readonly ref: ContainerRef;
  readonly force: boolean;
}

/** Why a container's own group may not be known. */
const UNREADABLE: readonly ErrorCode[] = ['SHIM_STATE_CORRUPT', 'SHIM_STATE_INSECURE', 'SHIM_STATE_NEWER'];

async function deleteOne(
  context: CommandContext,
  connection: Connection,
  { ref, force }: DeleteRequest,
): Promise<void> {
  const { config, shims } = connection;
  const place = join(config.root, 'ns', ref.namespace, ref.id);
  let broken: ShimError | undefined;
  const service = await shims.forContainer(ref).catch((error: unknown) => {
    if (!force || !isUnreadable(error, place)) throw error;
    broken = asShimError(error);
    // Whose it was is not known: the group of the config cleans up.
    return shims.forGroup(config.group);
  });
  await service.delete(ref, { ...newRequest(), force });
  if (broken !== undefined) context.output.note(await whatWasRemoved(connection, { ref, place, broken }));
}

/** Its logs are where the config of today would put them, if it did then. */
async function whatWasRemoved(
  { config }: Connection,
  { ref, place, broken }: { ref: ContainerRef; place: string; broken: ShimError },
): Promise<string> {
  const done = `${ref.id}: removed ${place} by force: ${broken.message}`;
  const logs = await config
    .container(ref)
    .then(({ logDirectory }) => logDirectory)
    .catch(() => undefined);
  if (logs === undefined || !existsSync(logs)) return done;
  return `${done}; logs that may be its own were left in ${logs}`;
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
