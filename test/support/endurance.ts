import { expect } from 'vitest';
import { settledCensus, type Census } from './containerd/census.js';
import { RUNTIMES, type RuntimeName } from './runtimes.js';
import { describeStock, stockOf, type Stock } from './stock.js';

/** So many come first: a shim that has never run anything has much to load yet. */
const WARM_UP = 10;
const REPORTS = 10;
/** From so many on it tells how it goes. */
const LONG = 500;

type Who = 'keeper' | 'shimd';

/** MiB of heaps and the like that keeper and shimd may have more, however many there were. */
const MOST_MORE: Readonly<Record<Who, number>> = { keeper: 0.5, shimd: 16 };

/** How many, one after another, on what. */
export interface Amount {
  readonly tasks: number;
  readonly execs: number;
  readonly runtime: RuntimeName;
}

/** Few; as many as HOLDFAST_TASKS and HOLDFAST_EXECS say, on HOLDFAST_RUNTIME. */
export function amountOf({ env }: Pick<NodeJS.Process, 'env'>): Amount {
  const { HOLDFAST_TASKS = '40', HOLDFAST_EXECS = '40', HOLDFAST_RUNTIME = 'runc' } = env;
  const runtime = RUNTIMES.find((name) => name === HOLDFAST_RUNTIME);
  if (runtime === undefined) throw new Error(`HOLDFAST_RUNTIME=${HOLDFAST_RUNTIME} is none of ${RUNTIMES.join(', ')}`);
  return { tasks: Number(HOLDFAST_TASKS), execs: Number(HOLDFAST_EXECS), runtime };
}

/** Who does the work, and what it is. */
export interface Endurance {
  /** As they are now: after a death it is another one. */
  readonly pids: () => Promise<{ readonly keeper: number; readonly shimd: number }>;
  /** Runs a container to its end and removes it. */
  readonly task: (n: number) => Promise<void>;
  /** Runs a command in one that stays. */
  readonly exec: (n: number) => Promise<void>;
  /** Processes, mounts, sockets, FIFOs, cgroups: all that there is of it. */
  readonly census: () => Census;
}

/** Fails if what was done leaves more than there was. Tells on the way, if it is long. */
export async function endure(work: Endurance, { tasks, execs }: Amount): Promise<void> {
  await repeat([0, WARM_UP], work.task);
  await repeat([0, WARM_UP], work.exec);
  const pids = await work.pids();
  const stock = (): Record<Who, Stock> => ({ keeper: stockOf(pids.keeper), shimd: stockOf(pids.shimd) });
  const say = (what: string): void => {
    const { keeper, shimd } = stock();
    if (tasks + execs > LONG)
      console.log(`${what}\n  shimd: ${describeStock(shimd)}\n  keeper: ${describeStock(keeper)}`);
  };
  const things = work.census();
  const before = stock();
  say(`before: ${kindsOf(things)}`);
  const reached = (all: number, part: number): number => WARM_UP + Math.ceil((all * part) / REPORTS);
  for (let part = 1; part <= REPORTS; part += 1) {
    await repeat([reached(tasks, part - 1), reached(tasks, part)], work.task);
    await repeat([reached(execs, part - 1), reached(execs, part)], work.exec);
    say(`after ${reached(tasks, part)} containers, ${reached(execs, part)} execs`);
  }
  expect(await settledCensus(work.census, things)).toEqual([]);
  say(`at the end: ${kindsOf(work.census())}`);
  expect(await work.pids()).toEqual(pids);
  const after = stock();
  for (const who of ['keeper', 'shimd'] as const) {
    expect(after[who].descriptors, `descriptors of ${who}`).toBe(before[who].descriptors);
    const more = after[who].anonymous - before[who].anonymous;
    expect(more, `MiB that ${who} has more`).toBeLessThan(MOST_MORE[who]);
  }
}

/** `process 3, mount 1`: how many lines of each kind. */
function kindsOf(census: Census): string {
  const counts = new Map<string, number>();
  for (const line of census) {
    const kind = line.split(' ', 1)[0] as string;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
}

async function repeat([from, to]: readonly [number, number], deed: (n: number) => Promise<void>): Promise<void> {
  for (let n = from; n < to; n += 1) await deed(n);
}
