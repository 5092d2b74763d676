import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findProgram, isStatic } from './find-program.mjs';
import { runtimeSpec } from './runtime-spec.mjs';

const PASSWD = `root:x:0:0:root:/root:/bin/sh
www-data:x:33:33:www-data:/var/www:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
`;
const GROUP = `root:x:0:
audio:x:29:www-data
www-data:x:33:
nogroup:x:65534:
`;
const DIRECTORIES = ['bin', 'dev', 'etc', 'out', 'proc', 'root', 'run', 'sys', 'tmp', 'var/www'];
const WORLD_WRITABLE = 0o1777;

/**
 * Writes `directory/config.json`, and a root file system unless `rootfs` names one (made there if it does not exist).
 *
 * @param {import('./busybox-bundle.d.mts').BundleOptions} options
 * @returns {import('./busybox-bundle.d.mts').Bundle}
 */
export function makeBundle(options) {
  const directory = resolve(options.directory);
  const rootfs = resolve(options.rootfs ?? join(directory, 'rootfs'));
  mkdirSync(directory, { recursive: true });
  makeRootfs(rootfs);
  const spec = runtimeSpec({ ...options, rootfs });
  writeFileSync(join(directory, 'config.json'), `${JSON.stringify(spec, null, 2)}\n`);
  return { directory, rootfs, spec };
}

/** A root file system of a static busybox, a link for each of its applets, and a few users. Returns at once if it is there. */
export function makeRootfs(rootfs) {
  if (existsSync(join(rootfs, 'bin/busybox'))) return;
  const busybox = findBusybox();
  mkdirSync(dirname(rootfs), { recursive: true });
  const unfinished = `${rootfs}.${process.pid}`;
  for (const name of DIRECTORIES) mkdirSync(join(unfinished, name), { recursive: true });
  chmodSync(join(unfinished, 'tmp'), WORLD_WRITABLE);
  writeFileSync(join(unfinished, 'etc/passwd'), PASSWD);
  writeFileSync(join(unfinished, 'etc/group'), GROUP);
  copyFileSync(busybox, join(unfinished, 'bin/busybox'));
  linkApplets(busybox, unfinished);
  moveInto(unfinished, rootfs);
}

function findBusybox() {
  const busybox = findProgram('busybox');
  if (busybox === undefined || !isStatic(busybox)) {
    throw new Error('no static busybox found: install the package busybox-static');
  }
  return busybox;
}

function linkApplets(busybox, rootfs) {
  const applets = execFileSync(busybox, ['--list-full'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  for (const applet of applets) {
    const link = join(rootfs, applet);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync('/bin/busybox', link);
  }
}

/** Two processes may make the same one: the second finds it there and drops its own. */
function moveInto(unfinished, rootfs) {
  try {
    renameSync(unfinished, rootfs);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(join(rootfs, 'bin/busybox'))) throw error;
  }
}
