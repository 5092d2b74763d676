import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from '@holdfast/core';
import { checkIdentifier } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { groupOf } from '../groups/choose-group.js';
import type { OwnConfig, ShimSettings } from '../groups/own-config.js';
import type { OtherGroups } from '../groups/other-groups.js';
import type { OwnGroup } from '../groups/own-group.js';
import { listenerOf, type ListenerDetails } from '../listen/listener.js';
import { coreNamespace } from '../names.js';
import { annotationsOf } from './annotations-of.js';
import { bootstrapAnswer, bootstrapParams } from './bootstrap-form.js';
import type { ShimCommandLine } from './command-line.js';
import { listenerDetails } from './listener-details.js';

/** Who can be told that a task is about to come. */
export interface StartParts {
  readonly config: OwnConfig;
  readonly own: OwnGroup;
  readonly others: OtherGroups;
}

/** `start`: tells containerd where the task is served. containerd finds it again, after a restart, by the file `address` of the bundle. */
export async function start(line: ShimCommandLine, launch: Launch, parts: StartParts): Promise<number> {
  const params = bootstrapParams(line, launch.input);
  const details = listenerDetails(line, launch, params);
  const address = `unix://${await placeFor(line, { details, bundle: launch.cwd }, parts)}`;
  await writeAddress(launch.cwd, address);
  await launch.stdout(bootstrapAnswer(params, address));
  return 0;
}

/** Rejects with SHIM_IO. */
async function writeAddress(bundle: string, address: string): Promise<void> {
  const [draft, path] = [join(bundle, '.address'), join(bundle, 'address')];
  try {
    // Left by a shimd that was killed, or planted: not written through.
    await rm(draft, { force: true });
    await writeFile(draft, address, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch (cause) {
    const { message } = cause as Error;
    const remedy = 'The bundle is on the disk of the state directory of containerd: look at that.';
    throw new ShimError('SHIM_IO', `the address can't be written into the bundle: ${message}`, {
      where: path,
      remedy,
      cause,
    });
  }
}

/** Path of the socket on which the task will be served. Without a config that can be used here: its create tells of that. */
async function placeFor(
  line: ShimCommandLine,
  { details, bundle }: { readonly details: ListenerDetails; readonly bundle: string },
  { config, own, others }: StartParts,
): Promise<string> {
  checkIdentifier(coreNamespace(line), 'namespace');
  const settings = await config.settings(details.environment);
  const group = settings === undefined ? own.group : await chosenGroup(settings, line, bundle);
  if (settings === undefined || group === own.group) return (await own.expect(line, details, settings)).path;
  const listener = listenerOf(line, details, { group, root: own.root });
  await others.expect({ group, listener, settings });
  return listener.path;
}

async function chosenGroup({ shimPer }: ShimSettings, line: ShimCommandLine, bundle: string): Promise<string> {
  return groupOf(shimPer, { ...line, annotations: shimPer === 'pod' ? await annotationsOf(bundle) : {} });
}
