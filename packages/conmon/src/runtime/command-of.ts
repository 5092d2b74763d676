import type { MonitorRecord } from '../monitor/record.js';
import type { RuntimeOptions } from './options.js';

/** The keeper puts in the pid of what it starts. */
const OWN_PID = '@own-pid';

type Invoked = Pick<MonitorRecord, 'options' | 'environment' | 'cwd' | 'passthrough'>;

/** The runtime's command line, as conmon makes it up. */
export function commandOf({ options, environment, cwd, passthrough }: Invoked): RuntimeOptions {
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
    passthrough,
    cwd: bundle ?? cwd,
    environment: options.replaceListenPid ? { ...environment, LISTEN_PID: OWN_PID } : environment,
  };
}
