import type { Launch } from '@holdfast/core';
import { locateGroup, type StateLayout } from '@holdfast/core/client';
import { isShimError } from '@holdfast/core/plugin';
import { isTaskGroup } from '../groups/choose-group.js';
import type { OtherGroups } from '../groups/other-groups.js';
import type { OwnConfig } from '../groups/own-config.js';
import { listenerOf } from '../listen/listener.js';
import { coreNamespace } from '../names.js';
import { removeTask, type RemoveParts } from '../task/remove-task.js';
import { bundleAddress } from './bundle-address.js';
import type { ShimCommandLine } from './command-line.js';
import { listenerDetails } from './listener-details.js';

export interface DeleteParts extends RemoveParts {
  readonly config: OwnConfig;
  readonly others: OtherGroups;
}

/** `delete`: containerd has lost its connection, or is done with the task. It is done by the shim that has the task. */
export async function deleteTask(line: ShimCommandLine, launch: Launch, parts: DeleteParts): Promise<number> {
  const bundle = line.bundle === '' ? launch.cwd : line.bundle;
  const request = { id: line.id, bundle, requestId: launch.requestId };
  const elsewhere = await removeElsewhere(line, launch, { ...parts, request });
  const ref = { namespace: coreNamespace(line), id: line.id };
  await launch.stdout(elsewhere ?? (await removeTask(parts, { ...request, ref })));
  return 0;
}

type Elsewhere = DeleteParts & { readonly request: { id: string; bundle: string; requestId: string } };

/** Undefined if it is for this shim to do. */
async function removeElsewhere(
  line: ShimCommandLine,
  launch: Launch,
  { host, config, others, request }: Elsewhere,
): Promise<Uint8Array | undefined> {
  const { layout, group: own } = host;
  const details = listenerDetails(line, launch);
  const group = groupWith(layout, line);
  if (group === own) return undefined;
  if (group !== undefined && isTaskGroup(group)) {
    const listener = listenerOf(line, details, { group, root: layout.root });
    return others.remove({ group, listener, settings: await config.settings(details.environment) }, request);
  }
  // Somebody may be making it, and has written no record yet.
  const path = await bundleAddress(request.bundle);
  const here = listenerOf(line, details, { group: own, root: layout.root });
  return path === undefined || path === here.path ? undefined : others.removeAt(path, request);
}

/** The group that has the container; undefined if there is none, or none that can be read: this shim tells why. */
function groupWith(layout: StateLayout, line: ShimCommandLine): string | undefined {
  try {
    return locateGroup(layout, { namespace: coreNamespace(line), id: line.id });
  } catch (error) {
    if (isShimError(error)) return undefined;
    throw error;
  }
}
