import { PERMISSION_RULE, type ErrorRule } from '@holdfast/runtime-oci';

const CREATE_OR_EXEC = ['create', 'exec'] as const;

/** The words of crun 1.8. */
export const CRUN_RULES: readonly ErrorRule[] = [
  {
    code: 'SHIM_CGROUP_MODE',
    commands: CREATE_OR_EXEC,
    pattern: /^cgroups in hybrid mode not supported, drop all controllers from cgroupv2$/,
  },
  {
    code: 'SHIM_COMMAND_NOT_FOUND',
    commands: CREATE_OR_EXEC,
    pattern: /^executable file `.*` not found in \$PATH(?:: No such file or directory)?$/s,
  },
  {
    // crun says EPERM of a directory and EACCES of a file without the x bit.
    code: 'SHIM_COMMAND_PERMISSION',
    commands: CREATE_OR_EXEC,
    pattern: /^open executable: (?:Permission denied|Operation not permitted)$/,
  },
  {
    code: 'SHIM_CONTAINER_NOT_FOUND',
    commands: ['state', 'start', 'exec', 'kill', 'pause', 'resume', 'update', 'ps'],
    pattern: /^error opening file `\S*\/status`: No such file or directory$/,
  },
  {
    code: 'SHIM_CONTAINER_NOT_FOUND',
    commands: ['delete'],
    pattern: /^cannot open directory '\S*': No such file or directory$/,
  },
  { code: 'SHIM_CONTAINER_EXISTS', commands: ['create'], pattern: /^container `\S+` already exists$/ },
  {
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['start', 'exec', 'pause', 'resume', 'delete'],
    pattern:
      /^(?:the )?container `\S+` is (?:paused|not running(?:: No such process)?|not in `created` or `stopped` state)$/,
  },
  {
    // The FIFO that holds init back is removed by the first start.
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['start'],
    pattern: /^cannot open `\S*\/exec\.fifo`: No such file or directory$/,
  },
  {
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['kill'],
    pattern: /^(?:open pidfd|send signal to pidfd|kill container): No such process$/,
  },
  {
    // The init is a zombie: crun still finds its pid, but the namespaces are gone.
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['exec'],
    pattern: /^setns\(pid=\d+, CLONE_NEW\w+\): No such process$/,
  },
  {
    code: 'SHIM_ROOTFS_NOT_FOUND',
    commands: ['create'],
    pattern: /^make `.*` private: No such file or directory$/s,
  },
  {
    code: 'SHIM_SPEC_INVALID',
    commands: ['create'],
    pattern: /^error loading config\.json$/,
    remedy: "Is there a config.json in the bundle, and is it a spec? crun doesn't say what is wrong with it.",
  },
  PERMISSION_RULE,
];
