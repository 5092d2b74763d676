import type { ErrorRule } from './dialect.js';

const CREATE_OR_EXEC = ['create', 'exec'] as const;
const FAILED = String.raw`^(?:\S+ create|exec) failed: `;
const PROCESS = String.raw`${FAILED}unable to start container process: (?:error during container init: )?`;

/** Errors of the system call layer, which end the words of nearly every runtime in the same way. */
export const PERMISSION_RULE: ErrorRule = {
  code: 'SHIM_PERMISSION',
  pattern: /: (?:operation not permitted|permission denied)$/i,
  remedy: 'Run as root, with the capabilities and limits that the refused operation needs.',
};

/** The words of runc 1.1, which runtimes made from it or around it use too. */
export const RUNC_RULES: readonly ErrorRule[] = [
  {
    code: 'SHIM_COMMAND_NOT_FOUND',
    commands: CREATE_OR_EXEC,
    pattern: new RegExp(
      String.raw`${PROCESS}exec: ".*": (?:executable file not found in \$PATH|stat .*: no such file or directory)$`,
      's',
    ),
  },
  {
    code: 'SHIM_COMMAND_PERMISSION',
    commands: CREATE_OR_EXEC,
    pattern: new RegExp(String.raw`${PROCESS}exec: ".*": permission denied$`, 's'),
  },
  { code: 'SHIM_CONTAINER_NOT_FOUND', pattern: /^(?:exec failed: )?container does not exist$/ },
  {
    code: 'SHIM_CONTAINER_EXISTS',
    commands: ['create'],
    pattern: /^\S+ create failed: container with given ID already exists$/,
  },
  {
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['pause', 'resume', 'kill', 'update'],
    pattern: /^(?:container not (?:running|paused)|(?:unable to signal init: )?(?:os: )?process already finished)$/,
  },
  {
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['start'],
    pattern: /^cannot start (?:an already running container|a container that has stopped)$/,
  },
  {
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['exec'],
    pattern:
      /^exec failed: cannot exec in a (?:stopped container|paused container \(use --ignore-paused to override\))$/,
  },
  {
    // The init is a zombie: runc still finds its pid, but the namespaces are gone.
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['exec'],
    pattern: /^nsexec-\d\[\d+\]: failed to open \/proc\/\d+\/ns\/\w+: No such file or directory$/,
  },
  {
    code: 'SHIM_ILLEGAL_STATE',
    commands: ['delete'],
    pattern: /^cannot delete container \S+ that is not stopped: \w+$/,
  },
  {
    code: 'SHIM_ROOTFS_NOT_FOUND',
    commands: ['create'],
    pattern: /^\S+ create failed: invalid rootfs: l?stat .*: no such file or directory$/s,
  },
  {
    code: 'SHIM_SPEC_NOT_FOUND',
    commands: ['create'],
    pattern: /^\S+ create failed: JSON specification file config\.json not found$/,
  },
  {
    code: 'SHIM_SPEC_INVALID',
    commands: ['create'],
    pattern: /^\S+ create failed: (?:invalid character .*|json: .*|unexpected end of JSON input)$/s,
  },
  {
    code: 'SHIM_BUNDLE_NOT_FOUND',
    commands: ['create'],
    pattern: /^\S+ create failed: chdir .*: no such file or directory$/s,
  },
  PERMISSION_RULE,
];
