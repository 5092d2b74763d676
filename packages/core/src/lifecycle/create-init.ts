import { faultPoint } from '../faults/fault-point.js';
import { whileCgroupsStay } from '../placement/cgroup-lock.js';
import type { Reaper, TrackedProcess } from '../reaper/reaper.js';
import type { ContainerIo } from '../stdio/container-io.js';
import { GivenIo, type GivenStdio } from '../stdio/given-io.js';
import { passDescriptors } from '../stdio/pass-descriptors.js';
import type { Container } from './container.js';
import type { Making } from './making.js';

/** What {@link createInit} needs beside the container. */
export interface InitMakers {
  readonly reaper: Reaper;
  /** The state root. */
  readonly root: string;
}

/** Has the runtime make the container, with its stdio, and its init wait to be started. */
export async function createInit(
  container: Container,
  making: Making,
  { reaper, root }: InitMakers,
): Promise<TrackedProcess> {
  const { id, io, records, runtime, pidFile } = container;
  give(io, making.stdio);
  const stdio = passDescriptors(await io.make(), making.descriptors, runtime);
  await making.prepare?.(container);
  const { consoleSocket } = io;
  const wanted = { id, bundle: records.request.runtimeBundle, pidFile };
  const create = { ...wanted, ...(consoleSocket !== undefined && { consoleSocket }) };
  const process = await whileCgroupsStay(root, () => reaper.track(() => runtime.create(create, stdio)));
  faultPoint('create');
  io.closeChildEnds();
  await io.made();
  return process;
}

function give(io: ContainerIo, stdio: GivenStdio | undefined): void {
  if (stdio !== undefined && io instanceof GivenIo) io.give(stdio);
}
