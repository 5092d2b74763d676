import { once } from 'node:events';
import { existsSync, openSync, rmSync, statSync, watch, writeSync, closeSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Conmon } from './lib/playground.mjs';
import { ratio, table } from './lib/report.mjs';

const LINE_BYTES = 100;

/** Wall time of a container that prints so many bytes of 100-byte lines, until its log is complete. */
export async function throughput(playground, bytes) {
  const input = join(playground.directory, 'lines');
  writeLines(input, bytes);
  const mounts = [{ source: input, destination: '/lines', readonly: true }];
  const bundle = playground.bundle('printer', ['cat', '/lines'], mounts);
  await catTo(input, join(playground.directory, 'warm'));
  const cat = await catTo(input, join(playground.directory, 'cat'));
  const holdfast = await holdfastRun(playground, bundle);
  const conmon = await conmonRun(playground, bundle);
  rmSync(input);
  const row = (name, seconds) => [
    name,
    `${seconds.toFixed(2)} s`,
    `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`,
    ratio(conmon / seconds),
  ];
  return table(
    [`${bytes / 1e9} GB of ${LINE_BYTES}-byte lines`, 'wall', 'input', 'against conmon'],
    [
      row('`cat > file`, no container', cat),
      row('holdfast, runc, CRI file', holdfast),
      row('conmon, runc, k8s-file', conmon),
    ],
  );
}

function writeLines(path, bytes) {
  const block = Buffer.from(`${'x'.repeat(LINE_BYTES - 1)}\n`.repeat(10_000));
  const fd = openSync(path, 'w');
  for (let written = 0; written < bytes; written += block.length) writeSync(fd, block);
  closeSync(fd);
}

async function catTo(input, output) {
  const begin = performance.now();
  const cat = spawn('sh', ['-c', 'cat "$1" > "$2"', 'sh', input, output], { stdio: 'ignore' });
  await once(cat, 'close');
  const seconds = (performance.now() - begin) / 1000;
  rmSync(output);
  return seconds;
}

async function holdfastRun(playground, bundle) {
  await playground.shimctl('create', '-b', bundle, 'printer');
  const begin = performance.now();
  await playground.api('POST', 'containers/default/printer/start', { requestId: 'start' });
  await playground.api('GET', 'containers/default/printer/wait');
  const seconds = (performance.now() - begin) / 1000;
  const { lost } = JSON.parse(await playground.shimctl('inspect', 'printer'));
  if (lost.records !== 0) throw new Error(`records lost: ${lost.records}`);
  await playground.shimctl('delete', 'printer');
  return seconds;
}

async function conmonRun(playground, bundle) {
  const conmon = new Conmon(playground, 'printer', bundle);
  const exits = join(conmon.directory, 'exits');
  const begin = performance.now();
  const ended = exitFile(exits, 'printer');
  await conmon.start();
  await ended;
  const seconds = (performance.now() - begin) / 1000;
  if (statSync(conmon.log).size === 0) throw new Error('conmon logged nothing');
  await conmon.delete();
  rmSync(conmon.log);
  return seconds;
}

/** conmon writes it when the log is complete. */
function exitFile(directory, name) {
  return new Promise((resolve) => {
    const watcher = watch(directory, () => {
      if (!existsSync(join(directory, name))) return;
      watcher.close();
      resolve();
    });
  });
}
