// npm test: installs what is missing, builds, runs every test and looks for leaks. Further arguments go to vitest.
import { chmod, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensure, takeInstallFlag } from './lib/ensure.mjs';
import { settledLeaks } from './lib/leaks.mjs';
import { ROOT, run, runMain } from './lib/run.mjs';
import { countTests, countsLine } from './lib/test-counts.mjs';

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
/** Completion scripts are tried in their shells, the driver syslog with a real server, the shim under a real containerd and a real podman. */
const TRIED_WITH = ['zsh', 'fish', 'rsyslog', 'openssl', 'containerd', 'cni', 'podman', 'e2fsprogs'];
const LEAK_TIMEOUT_MS = 15_000;

await runMain(async (args) => {
  const { install, rest } = takeInstallFlag(args);
  await ensure({ install, containers: true, also: TRIED_WITH });
  const { build } = await import('./lib/build.mjs');
  await build({ faults: true });
  // Short: socket paths lie below it. Every test makes its directories in there, so that a leak is known by its paths.
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'hft-')));
  // Other users may pass through, as through /tmp: some tests act as one.
  await chmod(directory, 0o711);
  const { report, exitCode } = await runVitest(rest, directory);
  const counts = countTests(report, exitCode);
  const leaks = await settledLeaks([basename(directory)], LEAK_TIMEOUT_MS);
  if (leaks.length === 0) await rm(directory, { recursive: true, force: true });
  else reportLeaks(leaks);
  counts.failed += leaks.length > 0 ? 1 : 0;
  console.log(`\n${countsLine(counts)}`);
  return exitCode === 0 && counts.failed === 0 ? 0 : 1;
});

async function runVitest(args, directory) {
  const output = join(directory, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const environment = { ...process.env, TMPDIR: directory };
  const exitCode = await run(process.execPath, [VITEST, 'run', ...reporters, ...args], { env: environment });
  const report = await readFile(output, 'utf8').then(JSON.parse, () => undefined);
  return { report, exitCode };
}

function reportLeaks(leaks) {
  console.error(`\nleft behind by the tests (counted as one failure):\n${leaks.map((leak) => `  ${leak}`).join('\n')}`);
}
