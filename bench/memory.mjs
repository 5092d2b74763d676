import { atRest, Conmon, pss } from './lib/playground.mjs';
import { ratio, table } from './lib/report.mjs';

/** Memory (PSS) of all shims of so many idle containers. */
export async function memory(playground, counts) {
  const bundle = playground.bundle('idle', ['sleep', '100000']);
  const rows = [];
  const conmons = [];
  let started = 0;
  for (const count of counts) {
    for (; started < count; started += 1) {
      await playground.shimctl('run', '-d', '-b', bundle, `idle-${started}`);
      const conmon = new Conmon(playground, `idle-${started}`, bundle);
      await conmon.start();
      conmons.push(conmon);
    }
    await atRest();
    const ours = pss(await playground.shimPids('idle-0'));
    const theirs = pss(conmons.map(({ pid }) => pid));
    rows.push([String(count), `${ours.toFixed(1)} MiB`, `${theirs.toFixed(1)} MiB`, ratio(ours / theirs)]);
  }
  for (const conmon of conmons) await conmon.delete();
  for (let i = 0; i < started; i += 1) await playground.shimctl('delete', '--force', `idle-${i}`);
  return table(['idle containers', 'keeper + shimd, PSS', 'conmons, PSS', 'ours / theirs'], rows);
}
