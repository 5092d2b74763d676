import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_QUEUE, type QueueSettings } from '../../../src/config/container-config.js';
import { memoryBytes } from '../../../src/logging/queue/log-queue.js';
import type { FileLane } from '../../../src/plugin/file-lane.js';
import type { LogBatch, StreamName } from '../../../src/plugin/log-batch.js';
import { runs } from '../../support/seed.js';
import { makeLane, SpillingContainer } from '../spill/spilling-driver.js';
import { QueuedDriver, refused } from './queued-driver.js';

/** What one call of the driver does with its batch. */
type Outcome = 'takes' | 'waits' | { readonly takes: number; readonly retry: boolean };

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant('takes' as const),
  fc.constant('waits' as const),
  fc.record({ takes: fc.nat(5), retry: fc.boolean() }),
);
const prints = fc.record({
  stream: fc.constantFrom<StreamName>('stdout', 'stderr'),
  sizes: fc.array(fc.nat(300), { minLength: 1, maxLength: 12 }),
  turns: fc.nat(3),
});

const GAP = /^holdfast: (\d+) records? \((\d+) bytes?\) lost: /;

/** Does as it is told, and keeps what it took. `refusesGaps`: also the host's own lines. */
class ScriptedDriver {
  readonly taken: Record<StreamName, string[]> = { stdout: [], stderr: [] };

  constructor(
    private readonly script: Outcome[],
    private readonly refusesGaps: boolean,
  ) {}

  write(batch: LogBatch): void | Promise<void> {
    const texts = Array.from({ length: batch.count }, (_, i) => batch.record(i).bytes.toString());
    const outcome = !this.refusesGaps && GAP.test(texts[0]!) ? 'takes' : (this.script.shift() ?? 'takes');
    const count = typeof outcome === 'string' ? batch.count : Math.min(batch.count, outcome.takes);
    this.taken[batch.stream].push(...texts.slice(0, count));
    if (outcome === 'takes') return undefined;
    if (outcome === 'waits') return new Promise((resolve) => setImmediate(resolve));
    return Promise.reject(refused('EFAKE', { lost: batch.count - count, retry: outcome.retry }));
  }
}

interface Findings {
  readonly missing: number;
  readonly told: number;
  /** Gaps stand where records are missing. */
  readonly inPlace: boolean;
}

/** What a log of `printed` lines that begin with their numbers shows. Throws if they are out of order, or doubled. */
function findingsIn(lines: readonly string[], printed: number): Findings {
  let [next, missing, told, inPlace] = [0, 0, 0, true];
  for (const line of [...lines, `${printed} `]) {
    const gap = GAP.exec(line);
    if (gap !== null) {
      told += Number(gap[1]);
      continue;
    }
    const number = Number(/^(\d+) /.exec(line)?.[1]);
    if (!(number >= next)) throw new Error(`${line} comes after ${next - 1}`);
    missing += number - next;
    next = number + 1;
    inPlace &&= told === missing;
  }
  return { missing, told, inPlace };
}

/** A queue alone, or one that spills to a disk with room for so many bytes. */
async function makeQueued(settings: Partial<QueueSettings>, disk: number, lane: FileLane): Promise<QueuedDriver> {
  if (disk === 0) return new QueuedDriver({ settings });
  const container = new SpillingContainer(lane);
  container.memoryBytes = memoryBytes({ ...DEFAULT_QUEUE, ...settings, spillBytes: disk });
  container.diskBytes = disk;
  return container.start({ ...settings, spillBytes: disk });
}

const MODES = ['block', 'drop-oldest', 'drop-newest'] as const;

test.each(MODES.flatMap((mode) => [[mode, 'alone'] as const, [mode, 'that spills'] as const]))(
  'whatever the driver does, with %s and a queue %s each record is its own once and in order, or counted and told in its place',
  async (mode, kind) => {
    const lane = makeLane();
    const property = fc.asyncProperty(
      fc.record({
        given: fc.array(prints, { maxLength: 30 }),
        script: fc.array(outcomes, { maxLength: 30 }),
        bytes: fc.integer({ min: 0, max: 6_000 }),
        batchRecords: fc.constantFrom(undefined, 1, 3),
        refusesGaps: fc.boolean(),
        disk: kind === 'alone' ? fc.constant(0) : fc.integer({ min: 1, max: 60_000 }),
      }),
      async ({ given, script, bytes, batchRecords, refusesGaps, disk }) => {
        const queued = await makeQueued({ mode, bytes, blockTimeoutMs: 5 }, disk, lane);
        const scripted = new ScriptedDriver([...script], refusesGaps);
        queued.driver.write = (batch) => scripted.write(batch);
        if (batchRecords !== undefined) Object.assign(queued.driver, { batchRecords });
        const printed: Record<StreamName, number> = { stdout: 0, stderr: 0 };
        const printing: Partial<Record<StreamName, Promise<unknown>>> = {};
        for (const { stream, sizes, turns } of given) {
          // As a pump does: one batch of a stream at a time.
          await printing[stream];
          printing[stream] = queued.print(
            sizes.map((size) => `${printed[stream]++} `.padEnd(size)),
            stream,
          );
          for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(Object.values(printing));
        // Attempts without a pause between them.
        const hurry = setInterval(() => void queued.outlet.flush(), 1);
        await queued.outlet.flush();
        clearInterval(hurry);
        await queued.outlet.close('drained');
        for (const stream of ['stdout', 'stderr'] as const) {
          const { missing, told, inPlace } = findingsIn(scripted.taken[stream], printed[stream]);
          expect(queued.ledger.total('fake', stream).records).toBe(missing);
          if (refusesGaps) expect(told).toBeLessThanOrEqual(missing);
          else expect(inPlace).toBe(true);
        }
        expect(queued.counters).toMatchObject({ queuedRecords: 0, queuedBytes: 0, spilledBytes: 0 });
      },
    );
    await fc.assert(property, runs(kind === 'alone' ? 300 : 100));
  },
);
