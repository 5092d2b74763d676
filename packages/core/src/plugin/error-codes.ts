/**
 * Every error code of holdfast, with the HTTP status it travels under and what a person can do about it.
 * `docs/errors.md` is generated from this table.
 */
export const ERROR_CODES = {
  SHIM_USAGE: { status: 400, remedy: 'Run `shimctl --help`, or `shimctl COMMAND --help`.' },
  SHIM_INVALID_ARGUMENT: { status: 400, remedy: 'Correct the value that the message names.' },
  SHIM_INVALID_ID: {
    status: 400,
    remedy: 'An id is 1 to 128 of A-Z a-z 0-9 _ . + - and starts with a letter, a digit or _.',
  },
  SHIM_BUNDLE_NOT_FOUND: { status: 400, remedy: 'Give the bundle directory with --bundle DIR.' },
  SHIM_SPEC_NOT_FOUND: { status: 400, remedy: 'A bundle needs a config.json: `shimctl spec` writes one.' },
  SHIM_SPEC_EXISTS: { status: 409, remedy: 'Keep it, or write over it: `shimctl spec --force`.' },
  SHIM_SPEC_INVALID: { status: 400, remedy: "Correct the bundle's config.json; see the OCI runtime specification." },
  SHIM_ROOTFS_NOT_FOUND: {
    status: 400,
    remedy: "Create the directory, or correct root.path in the bundle's config.json.",
  },

  SHIM_CONTAINER_EXISTS: { status: 409, remedy: 'Choose another id, or remove the old one: `shimctl delete ID`.' },
  SHIM_CONTAINER_NOT_FOUND: { status: 404, remedy: '`shimctl list` shows the containers of this root and namespace.' },
  SHIM_ILLEGAL_STATE: { status: 409, remedy: '`shimctl inspect ID` shows the state the container is in.' },
  SHIM_NOT_READY: {
    status: 500,
    remedy: 'Its logs may say why: `shimctl logs ID`. A program without sd_notify needs --sdnotify=shim.',
  },
  SHIM_EXEC_EXISTS: { status: 409, remedy: 'Choose another exec id.' },
  SHIM_EXEC_NOT_FOUND: { status: 404, remedy: 'The exec session has ended and was removed, or never was.' },
  SHIM_EXEC_TIMEOUT: { status: 504, remedy: 'Give the command more time with --timeout.' },

  SHIM_RUNTIME_UNKNOWN: {
    status: 400,
    remedy: 'Name a built-in runtime, an entry of "runtimes", a package or a path.',
  },
  SHIM_RUNTIME_BINARY_NOT_FOUND: { status: 500, remedy: 'Install the runtime, or set its "path" option.' },
  SHIM_RUNTIME_NOT_EXECUTABLE: {
    status: 500,
    remedy: 'Make the runtime binary executable (chmod +x), or correct "path".',
  },
  SHIM_RUNTIME_BAD_OUTPUT: {
    status: 502,
    remedy: 'Is the configured binary an OCI runtime? Run it by hand with --version.',
  },
  SHIM_RUNTIME_TIMEOUT: { status: 504, remedy: 'Find out what the runtime waits for, or raise limits.runtimeTimeout.' },
  SHIM_RUNTIME_FAILED: { status: 502, remedy: "The message holds the runtime's own words." },
  SHIM_COMMAND_NOT_FOUND: { status: 400, remedy: "Is the command in the container's rootfs and PATH?" },
  SHIM_COMMAND_PERMISSION: { status: 400, remedy: 'Make the command executable for the user it runs as.' },
  SHIM_CGROUP_MODE: {
    status: 500,
    remedy: 'Boot with pure cgroup v1 or v2 (systemd.unified_cgroup_hierarchy=1), or use --runtime runc.',
  },
  SHIM_PERMISSION: { status: 403, remedy: 'Run as root.' },
  SHIM_UNSUPPORTED: { status: 501, remedy: 'Choose a runtime, driver or kernel that supports it.' },

  SHIM_LOG_DRIVER_UNKNOWN: {
    status: 400,
    remedy:
      'Name a built-in driver, a package or a path such as "./mine.mjs"; a short name of your own needs its plugin in the list "plugins".',
  },
  SHIM_LOG_OPEN: { status: 500, remedy: 'Create the log directory, or make it writable.' },
  SHIM_LOG_WRITE: { status: 500, remedy: 'Free space on the log disk; what was lost is counted in `shimctl inspect`.' },
  SHIM_LOG_REMOVE: {
    status: 504,
    remedy: 'Nothing else waits for it: the container goes, with its logs, when their disk answers.',
  },
  SHIM_LOG_READ: { status: 500, remedy: 'Is the log still there and readable?' },

  SHIM_CONFIG_NOT_FOUND: { status: 400, remedy: 'Correct the path given with --config.' },
  SHIM_CONFIG_SYNTAX: { status: 400, remedy: 'Mend the file at the line and column named.' },
  SHIM_CONFIG_INVALID: { status: 400, remedy: '`shimctl config schema` prints what is allowed.' },
  SHIM_CONFIG_AMBIGUOUS: { status: 409, remedy: 'Keep one of the files: merge the others into it and remove them.' },
  SHIM_CONFIG_INSECURE: {
    status: 403,
    remedy: 'chown root and chmod go-w the file and the directories above it: a config says what runs as root.',
  },
  SHIM_CONFIG_EXISTS: { status: 409, remedy: 'Name another file, or write over it with --force.' },

  SHIM_PLUGIN_NOT_FOUND: { status: 400, remedy: 'Install the plugin, or correct its name or path at the place named.' },
  SHIM_PLUGIN_LOAD: { status: 500, remedy: 'Load the plugin by hand: node -e \'import("PATH")\'.' },
  SHIM_PLUGIN_INVALID: { status: 500, remedy: 'A plugin module default-exports definePlugin({ … }).' },
  SHIM_PLUGIN_API_VERSION: {
    status: 500,
    remedy: 'Install a version of the plugin made for this version of holdfast.',
  },
  SHIM_PLUGIN_INSECURE: { status: 403, remedy: 'chown root and chmod go-w the file and the directories above it.' },
  SHIM_PLUGIN_FAILED: { status: 500, remedy: "The plugin's own error is the cause; report it to the plugin's author." },

  SHIM_FRONT_END: {
    status: 500,
    remedy:
      'Correct the --front-end of shimd, or install its package anew: a front end is an ES module with a default export.',
  },

  SHIM_STATE_CORRUPT: { status: 500, remedy: 'Remove what is left with `shimctl delete --force ID`.' },
  SHIM_STATE_NEWER: { status: 500, remedy: 'A newer holdfast wrote this state: run that version, or a newer one.' },
  SHIM_STATE_INSECURE: {
    status: 403,
    remedy: 'The state directory must belong to root, mode 0700, without symbolic links.',
  },
  SHIM_ROOT_TOO_LONG: { status: 400, remedy: 'Choose a shorter --root: a socket path holds 107 bytes.' },

  SHIM_KEEPER_START: { status: 500, remedy: "The message names the step; the group's shimd.log may say more." },
  SHIM_KEEPER_PROTOCOL: { status: 500, remedy: 'Keeper and shimd must come from the same installation.' },
  SHIM_UPGRADE_FAILED: {
    status: 500,
    remedy: "The group's shimd.log says why. The shim of before serves again, and no container has noticed.",
  },
  SHIM_CRASH_LOOP: {
    status: 503,
    remedy:
      'Its log says why. The keeper goes on trying; `shimctl recover` tries at once. Containers live on, and wait when their pipes are full.',
  },
  SHIM_UNAVAILABLE: {
    status: 503,
    remedy: "shimd is starting or leaving: try again; the group's shimd.log may say more.",
  },
  SHIM_NOT_RUNNING: { status: 404, remedy: 'Nothing is to be done: the next command that needs a shim starts it.' },
  SHIM_OUTCOME_UNKNOWN: {
    status: 500,
    remedy: 'shimd died while doing this: `shimctl inspect ID` shows what became of it.',
  },
  SHIM_PEER_REFUSED: {
    status: 403,
    remedy: 'Run shimctl as the user and in the mount namespace that started the shim.',
  },
  SHIM_REQUEST_TIMEOUT: { status: 408, remedy: 'Send the body that Content-Length announces, at once.' },
  SHIM_TIMEOUT: { status: 504, remedy: 'Try again with more time.' },
  SHIM_IO: { status: 500, remedy: 'The cause names the system call and the file.' },
  SHIM_INTERNAL: { status: 500, remedy: 'This is a bug in holdfast: please report it with the message.' },
} as const satisfies Record<string, { status: number; remedy: string }>;

/** A code from the table above. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** True if `text` is a code of the table. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERROR_CODES, text);
}
