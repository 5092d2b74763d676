import { join } from 'node:path';
import { run } from './lib/playground.mjs';
import { median, milliseconds, ratio, table } from './lib/report.mjs';

/** Wall time of a command with and without the shim; the shim's group is up, as it is on a machine that is in use. */
export async function commands(playground, rounds) {
  const bundle = playground.bundle('command', ['sleep', '100000']);
  const runtimeRoot = join(playground.directory, 'bare-runc');
  const runc = (...args) => run('runc', ['--root', runtimeRoot, ...args]);
  await playground.shimctl('run', '-d', '-b', bundle, 'keep');
  const times = { runOurs: [], runBare: [], execOurs: [], execBare: [] };
  for (let i = 0; i < rounds; i += 1) {
    times.runBare.push(await timed(() => detached(runtimeRoot, bundle, `bare-${i}`)));
    times.runOurs.push(await timed(() => playground.shimctl('run', '-d', '-b', bundle, `ours-${i}`)));
    times.execBare.push(await timed(() => runc('exec', `bare-${i}`, 'true')));
    times.execOurs.push(await timed(() => playground.shimctl('exec', `ours-${i}`, '--', 'true')));
    await runc('delete', '--force', `bare-${i}`);
    await playground.shimctl('delete', '--force', `ours-${i}`);
  }
  const list = await bothWays(playground, rounds, ['list']);
  const exec = await bothWays(playground, rounds, ['exec', 'keep', '--', 'true']);
  await playground.shimctl('delete', '--force', 'keep');
  const node = await medianOf(rounds, () => run(process.execPath, ['-e', '0']));
  const row = (name, ours, bare) => [
    name,
    milliseconds(median(ours)),
    milliseconds(median(bare)),
    ratio(median(ours) / median(bare)),
  ];
  return [
    table(
      ['command, median', 'shimctl', 'bare runc', 'ours / theirs'],
      [
        row('`run -d`', times.runOurs, times.runBare),
        row('`exec … true`', times.execOurs, times.execBare),
        ['`node -e 0`, for scale', milliseconds(node), '', ''],
      ],
    ),
    '',
    table(
      ['command, median', 'in shimd', 'in Node', 'shimd / Node'],
      [row('`list`', list.inShim, list.inNode), row('`exec … true`', exec.inShim, exec.inNode)],
    ),
  ].join('\n');
}

/** A command that the launcher hands over, and the same without it. */
async function bothWays(playground, rounds, args) {
  const times = { inShim: [], inNode: [] };
  for (let i = 0; i < rounds; i += 1) {
    times.inShim.push(await timed(() => playground.shimctl(...args)));
    times.inNode.push(await timed(() => playground.shimctlInNode(...args)));
  }
  return times;
}

/** `runc run -d` hands its own stdio on to the container: it must not be a pipe that this program waits for. */
function detached(runtimeRoot, bundle, id) {
  return run('sh', [
    '-c',
    'exec runc --root "$1" run -d -b "$2" "$3" </dev/null >/dev/null 2>&1',
    'sh',
    runtimeRoot,
    bundle,
    id,
  ]);
}

async function timed(task) {
  const begin = performance.now();
  await task();
  return performance.now() - begin;
}

async function medianOf(rounds, task) {
  const times = [];
  for (let i = 0; i < rounds; i += 1) times.push(await timed(task));
  return median(times);
}
