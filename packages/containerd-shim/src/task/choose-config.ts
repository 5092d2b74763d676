import { basename } from 'node:path';
import type { ContainerConfig, ContainerRef, FrontEndHost } from '@holdfast/core';
import { annotationsOf } from '../launch/annotations-of.js';
import type { Any } from '../messages/index.js';
import { RuncOptions, RuntimeOptions, unpackAny } from '../messages/index.js';

/** Of a bundle: names the runtime as `shimctl --runtime` does. */
export const RUNTIME_ANNOTATION = 'io.holdfast.runtime';

/** What a task is created with. */
export interface TaskChoice {
  readonly ref: ContainerRef;
  readonly bundle: string;
  /** Of containerd. */
  readonly environment: Readonly<Record<string, string>>;
  /** `options` of the request: containerd's own runtime's, or those of any runtime. */
  readonly options: Any | undefined;
}

/**
 * The config of a task: holdfast's own, or the file that containerd's options name (`config_path`); an annotation or `binary_name` chooses the
 * runtime. Only log drivers that a config names are used, since containerd has the output. Rejects as `loadConfig` does.
 */
export async function chooseConfig(host: FrontEndHost, choice: TaskChoice): Promise<ContainerConfig> {
  const { ref, bundle, environment, options } = choice;
  const runc = unpackAny(RuncOptions, options);
  const file = unpackAny(RuntimeOptions, options)?.configPath;
  const named = (await annotationsOf(bundle))[RUNTIME_ANNOTATION];
  const runtime = typeof named === 'string' && named !== '' ? named : runtimeOf(runc);
  const loaded = await host.loadConfig({
    cwd: '/',
    environment,
    ...(file !== undefined && file !== '' && { file }),
    flags: { runtime },
  });
  const config = await loaded.container(ref);
  const ownLogs = [...loaded.origins].some(([path, from]) => /^logs\b/.test(path) && from !== 'default');
  const wanted = { ...config, logs: ownLogs ? config.logs : [] };
  return runc === undefined ? wanted : withRuncOptions(wanted, runc);
}

function runtimeOf(runc: RuncOptions | undefined): string | undefined {
  const name = basename(runc?.binaryName ?? '');
  if (name === '') return undefined;
  return name.startsWith('crun') ? 'crun' : 'runc';
}

/** An absolute path or a name in PATH; what containerd's config says goes before what ours says. */
function withRuncOptions(config: ContainerConfig, runc: RuncOptions): ContainerConfig {
  const { binaryName, noPivotRoot, noNewKeyring, systemdCgroup } = runc;
  const options = {
    ...config.runtime.options,
    ...(binaryName !== '' && { path: binaryName }),
    ...(noPivotRoot && { noPivot: true }),
    ...(noNewKeyring && { noNewKeyring: true }),
    ...(systemdCgroup && { systemdCgroup: true }),
  };
  return { ...config, runtime: { ...config.runtime, options } };
}
