import { once } from 'node:events';
import { request } from 'node:http';
import { run } from './lib/playground.mjs';
import { median, milliseconds, ratio, table } from './lib/report.mjs';

/**
 * From SIGKILL of shimd to the next answer, for groups of so many containers to take up again. No rival comes back: Node alone is the
 * scale. Each group is killed once, since deaths in a row are answered with a delay.
 *
 * @param {{ containers: number, groups: number }[]} plan
 */
export async function restart(playground, plan) {
  const bundle = playground.bundle('restart', ['sleep', '100000']);
  const node = await medianOf(5, () => timed(() => run(process.execPath, ['-e', '0'])));
  const rows = [];
  for (const { containers, groups } of plan) {
    const back = await medianOf(groups, (round) =>
      oneGroup(playground, bundle, `restart-${containers}-${round}`, containers),
    );
    rows.push([String(containers), milliseconds(back), milliseconds(node), ratio(back / node)]);
  }
  return table(['containers', 'kill to next answer, median', '`node -e 0`', 'ours / Node alone'], rows);
}

async function oneGroup(playground, bundle, group, containers) {
  const ids = Array.from({ length: containers }, (_, i) => `${group}-${i}`);
  for (const id of ids) await playground.shimctl('--group', group, 'run', '-d', '-b', bundle, id);
  const { shim } = JSON.parse(await playground.shimctl('inspect', ids[0]));
  const taken = await timed(async () => {
    process.kill(shim.pid, 'SIGKILL');
    // The keeper holds the socket: a request waits there for the next shimd. One that the dying shimd still got is cut.
    while (!(await answered(shim.socket)));
  });
  for (const id of ids) await playground.shimctl('delete', '--force', id);
  return taken;
}

async function answered(socketPath) {
  const call = request({ path: '/v1/version', socketPath, agent: false });
  call.end();
  try {
    const [response] = await once(call, 'response');
    response.resume();
    await once(response, 'end');
    return true;
  } catch (error) {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return false;
    throw error;
  }
}

async function medianOf(rounds, task) {
  const taken = [];
  for (let i = 0; i < rounds; i += 1) taken.push(await task(i));
  return median(taken);
}

async function timed(task) {
  const begin = performance.now();
  await task();
  return performance.now() - begin;
}
