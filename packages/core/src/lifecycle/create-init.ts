import type { Handed } from '../api/documents.js';
import { faultPoint } from '../faults/fault-point.js';
import { whileCgroupsStay } from '../placement/cgroup-lock.js';
import type { Reaper, TrackedProcess } from '../reaper/reaper.js';
import { passDescriptors } from '../stdio/pass-descriptors.js';
import type { Container } from './container.js';

/** What {@link createInit} needs beside the container. */
export interface InitMakers {
  readonly reaper: Reaper;
  /** The state root. */
  readonly root: string;
}

/** Has the runtime make the container, with its stdio, and its init wait to be started. */
export async function createInit(
  { id, io, records, runtime, pidFile }: Container,
  handed: Handed,
  { reaper, root }: InitMakers,
): Promise<TrackedProcess> {
  const stdio = passDescriptors(await io.make(), handed.descriptors, runtime);
  const { consoleSocket } = io;
  const wanted = { id, bundle: records.request.runtimeBundle, pidFile };
  const create = { ...wanted, ...(consoleSocket !== undefined && { consoleSocket }) };
  const process = await whileCgroupsStay(root, () => reaper.track(() => runtime.create(create, stdio)));
  faultPoint('create');
  io.closeChildEnds();
  await io.made();
  return process;
}
