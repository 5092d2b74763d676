// node24.mjs: the tests for which Node's version matters on Node 24, which comes from the npm package node@24 and is saved nowhere.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { ensure, takeInstallFlag } from './lib/ensure.mjs';
import { settledLeaks } from './lib/leaks.mjs';
import { Complaint, ROOT, run, runMain, runOrThrow } from './lib/run.mjs';

const CACHE = join(ROOT, 'node_modules/.cache/holdfast/node24');
const NODE = join(CACHE, 'node_modules/node/bin/node');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const LEAK_TIMEOUT_MS = 15_000;
/** Where Node's version matters: system calls, descriptors, threads, streams, zlib. Absolute, since vitest looks for a part of the path. */
const TESTS = [
  'packages/native/',
  'packages/core/test/keeper/',
  'packages/core/test/stdio/',
  'packages/containerd-shim/',
  'packages/log-file/test/zstd.test.ts',
  'examples/',
  'test/e2e/node-version.test.ts',
  'test/e2e/run.test.ts',
].map((path) => join(ROOT, path));

await runMain(async (args) => {
  const { install, rest } = takeInstallFlag(args);
  await ensure({ install, containers: true });
  const { build } = await import('./lib/build.mjs');
  await build({ faults: true });
  await fetchNode(install);
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'hf24-')));
  // Other users may pass through, as through /tmp: some tests act as one.
  await chmod(directory, 0o711);
  // First in PATH: that is where the bins find their Node.
  const PATH = [dirname(NODE), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, TMPDIR: directory };
  await runOrThrow(NODE, ['--version'], { env });
  const exitCode = await run(NODE, [VITEST, 'run', ...(rest.length > 0 ? rest : TESTS)], { env });
  const leaks = await settledLeaks([basename(directory)], LEAK_TIMEOUT_MS);
  for (const leak of leaks) console.error(`left behind: ${leak}`);
  if (leaks.length === 0) await rm(directory, { recursive: true, force: true });
  return exitCode === 0 && leaks.length === 0 ? 0 : 1;
});

/** Its install script fetches the binary for this machine from the same registry. */
async function fetchNode(install) {
  if (existsSync(NODE)) return;
  const command = [
    'npm',
    'install',
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--prefix',
    CACHE,
    'node@24',
  ];
  if (!install)
    throw new Complaint(`missing: Node 24 (--no-install was given). To install it, run:\n  ${command.join(' ')}`);
  await mkdir(CACHE, { recursive: true });
  console.log(`$ ${command.join(' ')}`);
  await runOrThrow(command[0], command.slice(1), { cwd: CACHE });
}
