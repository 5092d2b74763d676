import { setTimeout as delay } from 'node:timers/promises';
import { Errand } from './errand.mjs';
import { Reading } from './line-check.mjs';

/** How somebody can look at a resident. */
const WAYS = {
  attach: { args: ['attach', '--no-stdin', '--no-sig-proxy'], joined: true },
  follow: { args: ['logs', '-f', '--tail', '50'] },
  'follow-all': { args: ['logs', '-f'], first: 0 },
};

/** A client that looks at a resident for some time and is killed. */
export async function watch(world, random, { id, terminal }) {
  const way = random.pick(Object.keys(WAYS));
  const life = random.between(500, 20_000);
  const { args, joined = false, first } = WAYS[way];
  const what = `${way} ${world.nextNumber()} of ${id}`;
  await new Errand(world, id).run(async () => {
    const reading = new Reading({ terminal, first, joined, live: joined });
    const command = world.stage.start([...args, id], reading.consumers);
    await Promise.race([delay(life, undefined, { signal: world.loadOver }).catch(() => undefined), command.ended]);
    if (!command.kill())
      throw new Error(`${what} ended by itself: ${[...reading.remarks, ...reading.torn].join('\n')}`);
    world.tally.kill('client', { what });
    await command.ended;
    if (joined) world.tally.joined(what, reading);
    else world.tally.prefix(what, reading);
  });
}
