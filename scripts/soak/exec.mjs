import { setTimeout as delay } from 'node:timers/promises';
import { Errand, SHIM_FAILED } from './errand.mjs';
import { Reading } from './line-check.mjs';
import { execScript } from './scripts.mjs';

/** A command in a resident: its client has to get all lines and the code, unless it is killed itself. */
export async function execIn(world, random, { id }) {
  const plan = {
    lines: random.integer(1, 300),
    pause: random.between(0, 0.3).toFixed(2),
    code: random.integer(1, 120),
  };
  const terminal = random.chance(0.15);
  const killedAfter = random.chance(0.2) ? random.between(100, 2000) : undefined;
  const what = `exec ${world.nextNumber()} in ${id}`;
  const errand = new Errand(world, id);
  await errand.run(async () => {
    const reading = new Reading({ terminal, first: 0, live: true });
    const args = ['exec', ...(terminal ? ['-t'] : []), id, '--', 'sh', '-c', execScript(plan)];
    const command = world.stage.start(args, reading.consumers);
    if (killedAfter !== undefined && (await killed(world, command, { what, killedAfter }))) return;
    const code = await command.ended;
    if (code === SHIM_FAILED) errand.refuse(what, { code, stderr: [...reading.remarks, ...reading.torn].join('\n') });
    world.tally.code(what, plan.code, code);
    world.tally.whole(what, reading, plan.lines);
  });
}

/** False if it ended before. */
async function killed({ tally }, command, { what, killedAfter }) {
  await Promise.race([delay(killedAfter), command.ended]);
  if (!command.kill()) return false;
  tally.kill('client', { what });
  await command.ended;
  return true;
}
