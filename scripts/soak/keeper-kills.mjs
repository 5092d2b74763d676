import { setTimeout as delay } from 'node:timers/promises';
import { until } from './command.mjs';
import { execIn } from './exec.mjs';
import { runs, shimdOf } from './processes.mjs';

const GONE_TIMEOUT_MS = 15_000;
const LONGEST_WAIT_MS = 1_500;

/** Kills the keeper so many times; the next command brings another one, and the residents must be what they were. */
export async function killKeepers(world, random, times) {
  const { tally, stage } = world;
  for (let round = 0; round < times; round += 1) {
    await delay(random.between(0, LONGEST_WAIT_MS), undefined, { signal: world.signal });
    const before = await stage.list();
    const { keeper } = world;
    const shimd = shimdOf(keeper);
    process.kill(keeper, 'SIGKILL');
    tally.kill('keeper', { pid: keeper });
    const gone = await until(
      () => !runs(keeper) && (shimd === undefined || !runs(shimd)),
      GONE_TIMEOUT_MS,
      world.signal,
    );
    if (gone === undefined) tally.failed('keeper', 'shimd outlives it');
    await stage.ok('recover');
    await world.findKeeper();
    compare(tally, before, await stage.list());
    await execIn(world, random, random.pick(world.residents));
  }
}

function compare(tally, before, after) {
  for (const { id, pid } of before) {
    const now = after.find((container) => container.id === id);
    if (now?.status !== 'running' || now.pid !== pid)
      tally.lostContainer(id, `after the keeper's death: ${now?.status ?? 'gone'}`);
  }
}
