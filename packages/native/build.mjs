/**
 * Builds the addon, the keeper and the launcher with the plain C compiler. Run it, or import {@link build}.
 *
 *     node packages/native/build.mjs [--sanitize]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { argv, arch, pid, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const WARNINGS = ['-std=gnu11', '-Wall', '-Wextra', '-Werror'];
const HARDENED = ['-O2', '-D_FORTIFY_SOURCE=2', '-fstack-protector-strong', '-Wl,-z,relro,-z,now', '-s'];
const SANITIZED = ['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined'];

/** Sources of a folder under native/, headers apart. */
function sources(folder) {
  const directory = join(here, 'native', folder);
  const names = readdirSync(directory).sort();
  const of = (suffix) => names.filter((name) => name.endsWith(suffix)).map((name) => join(directory, name));
  return { c: of('.c'), h: of('.h') };
}

function headers() {
  return createRequire(import.meta.url)('node-api-headers').include_dir;
}

function isUpToDate(output, inputs) {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  return inputs.every((input) => statSync(input).mtimeMs <= built);
}

function compile(args) {
  try {
    execFileSync('cc', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    if (error.code !== 'ENOENT') throw new Error(`cc failed: cc ${args.join(' ')}`, { cause: error });
    throw new Error('No C compiler found: `cc` is not in PATH. On Debian or Ubuntu: apt-get install gcc libc6-dev', {
      cause: error,
    });
  }
}

/** Two builds at once, or a process that runs the old file, must not see half a binary: it is renamed into place. */
function make(output, { folder, flags }) {
  const { c, h } = sources(folder);
  if (isUpToDate(output, [...c, ...h, fileURLToPath(import.meta.url)])) return false;
  mkdirSync(dirname(output), { recursive: true });
  const temporary = `${output}.${pid}`;
  try {
    compile([...WARNINGS, ...flags, '-o', temporary, ...c]);
    renameSync(temporary, output);
  } finally {
    rmSync(temporary, { force: true });
  }
  return true;
}

/**
 * Builds what is out of date.
 *
 * @param {{ sanitize?: boolean }} [options] `sanitize`: with the address and undefined-behaviour sanitizers, into build/asan/
 * @returns {{ addon: string, keeper: string, launcher: string, built: string[] }} the paths, and which of them were built now
 */
export function build({ sanitize = false } = {}) {
  const directory = sanitize ? join(here, 'build', 'asan') : join(here, 'prebuilds', `${platform}-${arch}`);
  const addon = join(directory, 'holdfast.node');
  const keeper = join(directory, 'holdfast-keeper');
  const launcher = join(directory, 'holdfast-launcher');
  const common = sanitize ? SANITIZED : HARDENED;
  const built = [];
  const shared = ['-fPIC', '-shared', '-pthread', `-I${headers()}`];
  if (make(addon, { folder: 'addon', flags: [...common, ...shared] })) built.push(addon);
  // Static: a package upgrade under a keeper that lives for months changes nothing for it, and a launcher starts without a linker.
  const linkage = sanitize ? [] : ['-static-pie', '-fPIE'];
  if (make(keeper, { folder: 'keeper', flags: [...common, ...linkage] })) built.push(keeper);
  if (make(launcher, { folder: 'launcher', flags: [...common, ...linkage] })) built.push(launcher);
  return { addon, keeper, launcher, built };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { built } = build({ sanitize: argv.includes('--sanitize') });
  console.log(built.length === 0 ? 'native: up to date' : `native: built ${built.join(', ')}`);
}
