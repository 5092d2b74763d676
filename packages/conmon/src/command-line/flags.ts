/** A flag of conmon: `name` of its long form. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What its value is, for `--help`; left out: it has none. */
  readonly value?: string;
  /** It may be given several times. */
  readonly repeats?: true;
  readonly help: string;
}

/** All that conmon 2.1 and 2.2 take. */
export const FLAGS = [
  { name: 'api-version', help: 'Conmon API version to use' },
  { name: 'bundle', short: 'b', value: 'PATH', help: 'Location of the OCI bundle' },
  { name: 'cid', short: 'c', value: 'ID', help: 'Identification of the container' },
  { name: 'conmon-pidfile', short: 'P', value: 'PATH', help: 'PID file of the process that stays' },
  { name: 'container-pidfile', short: 'p', value: 'PATH', help: 'PID file of the container' },
  { name: 'pidfile', value: 'PATH', help: 'The same' },
  { name: 'cuuid', short: 'u', value: 'UUID', help: 'Unique identification of the container or exec session' },
  { name: 'exec', short: 'e', help: 'Run a process in a container' },
  { name: 'exec-attach', help: 'Wait for a client before the process is run' },
  { name: 'exec-process-spec', value: 'PATH', help: 'The process to run, an OCI process in a file' },
  { name: 'exit-command', value: 'PATH', help: 'Program to run when the container has ended' },
  { name: 'exit-command-arg', value: 'ARG', repeats: true, help: 'Argument of the exit command' },
  { name: 'exit-delay', value: 'SECONDS', help: 'Wait before the exit command' },
  { name: 'exit-dir', value: 'PATH', help: 'Directory for exit files' },
  { name: 'full-attach', help: 'Let the attach socket lie in the bundle' },
  { name: 'leave-stdin-open', help: 'Leave stdin open when a client has closed it' },
  { name: 'log-allowlist-dir', value: 'PATH', repeats: true, help: 'Directory below which logs may lie' },
  { name: 'log-global-size-max', value: 'BYTES', help: 'Most that is logged in all' },
  { name: 'log-label', value: 'KEY=VALUE', repeats: true, help: 'Field of each record in the journal' },
  { name: 'log-level', value: 'LEVEL', help: 'error, warn, info, debug or trace' },
  { name: 'log-max-files', value: 'COUNT', help: 'Rotated files to keep' },
  { name: 'log-path', short: 'l', value: 'DRIVER:PATH', repeats: true, help: 'Where output is logged' },
  { name: 'log-rotate', help: 'Keep full log files' },
  { name: 'log-size-max', value: 'BYTES', help: 'Size of a log file' },
  { name: 'log-tag', value: 'TAG', help: 'Tag of each record in the journal' },
  { name: 'name', short: 'n', value: 'NAME', help: 'Name of the container' },
  { name: 'no-container-partial-message', help: 'Do not mark records that go on' },
  { name: 'no-new-keyring', help: 'Do not make a session keyring for the container' },
  { name: 'no-pivot', help: 'Do not use pivot_root' },
  { name: 'no-sync-log', help: 'Do not sync the log when the container has ended' },
  { name: 'persist-dir', short: '0', value: 'PATH', help: 'Directory of the container, for its exit file' },
  { name: 'replace-listen-pid', help: 'Give LISTEN_PID the value of the runtime' },
  { name: 'restore', value: 'PATH', help: 'Restore from a checkpoint' },
  { name: 'runtime', short: 'r', value: 'PATH', help: 'The OCI runtime' },
  { name: 'runtime-arg', value: 'ARG', repeats: true, help: 'Argument of the runtime, before the command' },
  { name: 'runtime-opt', value: 'ARG', repeats: true, help: 'Argument of the runtime, behind the command' },
  { name: 'restore-arg', value: 'ARG', repeats: true, help: 'The same' },
  { name: 'sdnotify-socket', value: 'PATH', help: 'Where notifications of the container go' },
  { name: 'seccomp-notify-plugins', value: 'PLUGINS', help: 'Not supported' },
  { name: 'seccomp-notify-socket', value: 'PATH', help: 'Not supported' },
  { name: 'socket-dir-path', value: 'PATH', help: 'Directory of attach sockets' },
  { name: 'stdin', short: 'i', help: 'The container has a stdin' },
  { name: 'sync', help: 'Stay the child of the caller' },
  { name: 'syslog', help: 'Log to syslog too' },
  { name: 'systemd-cgroup', short: 's', help: 'Cgroups are made by systemd' },
  { name: 'terminal', short: 't', help: 'The container has a terminal' },
  { name: 'timeout', short: 'T', value: 'SECONDS', help: 'Kill the container after so long' },
  { name: 'version', help: 'Print the version' },
] as const satisfies readonly Flag[];

export type FlagName = (typeof FLAGS)[number]['name'];
