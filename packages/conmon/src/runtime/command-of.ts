import type { Options } from '../command-line/options.js';
import type { RuntimeOptions } from './options.js';

/** The runtime's command line, as conmon makes it up. */
export function commandOf(
  options: Options,
  environment: Readonly<Record<string, string>>,
  cwd: string,
): RuntimeOptions {
  const { exec, restore, bundle, systemdCgroup, terminal } = options;
  const flags: string[] = [];
  if (exec === undefined) {
    flags.push('--bundle', bundle ?? cwd);
    if (options.noPivot) flags.push('--no-pivot');
    if (options.noNewKeyring) flags.push('--no-new-keyring');
    if (restore !== undefined) flags.push('--detach', '--image-path', restore, '--work-path', bundle ?? cwd);
  } else {
    flags.push('--process', exec.processSpec, '--detach');
    if (terminal) flags.push('--tty');
  }
  return {
    path: options.runtime,
    args: [...options.runtimeArgs, ...(systemdCgroup ? ['--systemd-cgroup'] : [])],
    command: exec !== undefined ? 'exec' : restore !== undefined ? 'restore' : 'create',
    options: [...flags, ...options.runtimeOptions],
    target: options.id,
    terminal,
    cwd: bundle ?? cwd,
    environment,
  };
}
