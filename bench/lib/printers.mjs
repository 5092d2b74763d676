import { existsSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { Conmon, cpuSeconds, PeakMemory } from './playground.mjs';

/** conmon's journal wants an id of more than 12 characters. */
const PRINTER = 'printer-of-lines';

/** One container that prints, with the log `log` (as `--log` has it), until that is complete. */
export async function holdfastRun({ playground, bundle }, log) {
  await playground.shimctl('create', '--log', log, '-b', bundle, 'printer');
  const [, shimd] = await playground.shimPids('printer');
  const memory = new PeakMemory(shimd);
  const before = cpuSeconds(shimd);
  const wall = await timed(async () => {
    await playground.api('POST', 'containers/default/printer/start', { requestId: `start-${performance.now()}` });
    await playground.api('GET', 'containers/default/printer/wait');
  });
  const used = { wall, cpu: cpuSeconds(shimd) - before, memory: memory.stop() };
  const { lost } = JSON.parse(await playground.shimctl('inspect', 'printer'));
  if (lost.records !== 0) throw new Error(`records lost: ${lost.records}`);
  await playground.shimctl('delete', 'printer');
  return used;
}

/** The same of conmon; `options` are those of {@link Conmon}. */
export async function conmonRun({ playground, bundle }, options) {
  const conmon = new Conmon(playground, PRINTER, bundle, options);
  const exits = join(conmon.directory, 'exits');
  rmSync(join(exits, PRINTER), { force: true });
  await conmon.create();
  let cpu = 0;
  // It ends by itself once its log is complete.
  const sampler = setInterval(() => (cpu = cpuOf(conmon.pid) ?? cpu), 5);
  const wall = await timed(async () => {
    const ended = exitFile(exits, PRINTER);
    await conmon.run();
    await ended;
  });
  clearInterval(sampler);
  await conmon.delete();
  rmSync(conmon.file, { force: true });
  return { wall, cpu };
}

function cpuOf(pid) {
  try {
    return cpuSeconds(pid);
  } catch {
    return undefined;
  }
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

/** The least of each figure. */
export function lower(one, other) {
  return Object.fromEntries(Object.entries(one).map(([name, value]) => [name, Math.min(value, other[name])]));
}

/** Seconds that a task takes. */
export async function timed(task) {
  const begin = performance.now();
  await task();
  return (performance.now() - begin) / 1000;
}
