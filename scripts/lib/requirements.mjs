import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, isStatic } from './find-program.mjs';
import { ROOT } from './run.mjs';

const CNI_BRIDGE = '/usr/lib/cni/bridge';

/** What holdfast needs of the system: the Debian package, what it is for, and whether it is there. */
const SYSTEM = [
  { name: 'gcc', packages: ['gcc', 'libc6-dev'], present: hasCompiler },
  { name: 'runc', packages: ['runc'], present: () => findProgram('runc') !== undefined },
  { name: 'crun', packages: ['crun'], present: () => findProgram('crun') !== undefined },
  { name: 'busybox-static', packages: ['busybox-static'], present: hasStaticBusybox },
  { name: 'mount', packages: ['mount'], present: () => findProgram('mount') !== undefined },
  { name: 'e2fsprogs', packages: ['e2fsprogs'], present: () => findProgram('mkfs.ext4') !== undefined, optional: true },
  { name: 'systemd', packages: ['systemd'], present: hasJournald },
  { name: 'zsh', packages: ['zsh'], present: () => findProgram('zsh') !== undefined, optional: true },
  { name: 'fish', packages: ['fish'], present: () => findProgram('fish') !== undefined, optional: true },
  { name: 'rsyslog', packages: ['rsyslog', 'rsyslog-gnutls'], present: hasRsyslog, optional: true },
  { name: 'openssl', packages: ['openssl'], present: () => findProgram('openssl') !== undefined, optional: true },
  { name: 'containerd', packages: ['containerd'], present: hasContainerd, optional: true },
  { name: 'cni', packages: ['containernetworking-plugins'], present: () => existsSync(CNI_BRIDGE), optional: true },
  { name: 'conmon', packages: ['conmon'], present: () => findProgram('conmon') !== undefined, optional: true },
  { name: 'podman', packages: ['podman'], present: () => findProgram('podman') !== undefined, optional: true },
];

/** Debian packages that are missing. `also` names optional entries of the table that are wanted too. */
export function missingSystemPackages(also = []) {
  const wanted = SYSTEM.filter((entry) => !entry.optional || also.includes(entry.name));
  return wanted.filter((entry) => !entry.present()).flatMap((entry) => entry.packages);
}

/** npm packages of the lockfile that are not installed in the locked version: paths below the root. */
export function missingNpmPackages() {
  const locked = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(join(ROOT, 'node_modules', '.package-lock.json'));
  return Object.entries(locked)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional)
    .filter(([path, entry]) => installed[path]?.version !== entry.version || !existsSync(join(ROOT, path)))
    .map(([path]) => path);
}

function readPackages(lockfile) {
  if (!existsSync(lockfile)) return {};
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages ?? {};
}

function hasCompiler() {
  const source = '#include <stdio.h>\n#include <sys/epoll.h>\n#include <linux/types.h>\n';
  const compiler = findProgram('cc');
  if (compiler === undefined) return false;
  return spawnSync(compiler, ['-fsyntax-only', '-x', 'c', '-'], { input: source }).status === 0;
}

/** The programs alone: systemd need not run. */
function hasJournald() {
  return existsSync('/lib/systemd/systemd-journald') && findProgram('journalctl') !== undefined;
}

/** The programs alone: the tests start their own, and need the module for TLS. */
function hasRsyslog() {
  const modules = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/rsyslog/lmnsd_gtls.so`);
  return findProgram('rsyslogd') !== undefined && modules.some((path) => existsSync(path));
}

/** The programs alone: the tests start their own. */
function hasContainerd() {
  return ['containerd', 'ctr'].every((name) => findProgram(name) !== undefined);
}

function hasStaticBusybox() {
  const busybox = findProgram('busybox');
  return busybox !== undefined && isStatic(busybox);
}
