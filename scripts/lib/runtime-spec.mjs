const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const CAPABILITIES = ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_KILL', 'CAP_SETGID', 'CAP_SETUID'];

const MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
];

const MASKED = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
].concat(['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware']);
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * An OCI spec much as `runc spec` writes it, without rlimits, seccomp and device rules: a sandbox may forbid to set them.
 *
 * @param {import('./busybox-bundle.d.mts').SpecOptions} options
 */
export function runtimeSpec({
  rootfs,
  readonly = false,
  mounts = [],
  hostname = 'holdfast',
  cgroupsPath,
  resources,
  ...process
}) {
  return {
    ociVersion: '1.0.2',
    process: processSpec(process),
    root: { path: rootfs, readonly },
    hostname,
    mounts: [...MOUNTS, ...mounts.map(bindMount)],
    linux: {
      ...(cgroupsPath === undefined ? {} : { cgroupsPath }),
      ...(resources === undefined ? {} : { resources }),
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type })),
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
    },
  };
}

function processSpec({ args, env = [], cwd = '/', uid = 0, gid = uid, terminal = false, capabilities = CAPABILITIES }) {
  const granted = uid === 0 ? capabilities : [];
  return {
    terminal,
    user: { uid, gid },
    args,
    env: [PATH, ...env],
    cwd,
    capabilities: { bounding: capabilities, effective: granted, permitted: granted },
    noNewPrivileges: true,
  };
}

function bindMount({ source, destination, readonly = false }) {
  const options = ['rbind', 'rprivate', ...(readonly ? ['ro'] : [])];
  return { destination, type: 'bind', source, options };
}
