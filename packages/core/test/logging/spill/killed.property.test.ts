import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamName } from '../../../src/plugin/log-batch.js';
import { runs } from '../../support/seed.js';
import { Life, type Printed } from './life.js';
import { makeLane, SpillingContainer } from './spilling-driver.js';

const STREAMS = ['stdout', 'stderr'] as const;
const GAP = /^holdfast: /;

const steps = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('print' as const),
      stream: fc.constantFrom<StreamName>(...STREAMS),
      sizes: fc.array(fc.integer({ min: 8, max: 400 }), { minLength: 1, maxLength: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn' as const), turns: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const), writes: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('kill' as const), tear: fc.nat(500) }),
  },
);

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** A container whose shimd is killed again and again, and what its driver gets. */
class Story {
  readonly printed: Record<StreamName, number> = { stdout: 0, stderr: 0 };
  /** Lines that may come again, and how often: a kill met them on their way. */
  readonly met = new Map<string, number>();
  readonly lives: Life[] = [];
  readonly #printing: Partial<Record<StreamName, Promise<void>>> = {};
  #time = 0n;

  constructor(
    private readonly container: SpillingContainer,
    private readonly mode: 'block' | 'drop-oldest' | 'drop-newest',
    private readonly batchRecords: number | undefined,
  ) {}

  get life(): Life {
    return this.lives.at(-1)!;
  }

  async begin(): Promise<void> {
    this.lives.push(await Life.begin(this.container, { mode: this.mode, blockTimeoutMs: 5 }));
    if (this.batchRecords !== undefined) Object.assign(this.life.queued.driver, { batchRecords: this.batchRecords });
  }

  async step(step: Step): Promise<void> {
    if (step.do === 'take') this.life.permit(step.writes);
    else if (step.do === 'turn') await turns(step.turns);
    else if (step.do === 'kill') await this.#kill(step);
    else {
      await this.#printing[step.stream];
      this.#print({ stream: step.stream, lines: step.sizes.map((size) => this.#line(step.stream, size)) });
    }
  }

  async end(): Promise<void> {
    this.life.permit(Infinity);
    await Promise.all(Object.values(this.#printing));
    await this.life.queued.outlet.flush();
    await this.life.queued.outlet.close('drained');
    await Promise.all(this.lives.map((life) => life.bury()));
  }

  #line(stream: StreamName, size: number): string {
    return `${stream} ${this.printed[stream]++} `.padEnd(size);
  }

  #print(printed: Printed): void {
    this.#time += 2_000_000_000n;
    this.#printing[printed.stream] = this.life.print(printed, this.#time);
  }

  async #kill({ tear }: { tear: number }): Promise<void> {
    const { ledger } = this.life.queued;
    const { uncommitted, unanswered } = await this.life.kill(tear);
    for (const line of [...uncommitted, ...(unanswered === undefined ? [] : [unanswered])].flatMap(
      ({ lines }) => lines,
    ))
      this.met.set(line, (this.met.get(line) ?? 0) + 1);
    this.container.saved = ledger.document();
    await this.begin();
    // They are in the pipe still.
    for (const printed of uncommitted) this.#print(printed);
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** How many of the `printed` lines never came. Throws if one is out of order or doubled that no kill met. */
function missingIn(lines: readonly string[], printed: number, met: ReadonlyMap<string, number>): number {
  const times = new Map<string, number>();
  let last = -1;
  for (const line of lines.filter((each) => !GAP.test(each))) {
    const number = Number(line.split(' ')[1]);
    times.set(line, (times.get(line) ?? 0) + 1);
    if (times.get(line)! > 1 + (met.get(line) ?? 0)) throw new Error(`"${line.trim()}" is doubled`);
    if (number <= last && !met.has(line)) throw new Error(`"${line.trim()}" comes after ${last}`);
    last = Math.max(last, number);
  }
  return printed - times.size;
}

test.each(['block', 'drop-oldest', 'drop-newest'] as const)(
  'whenever shimd is killed, with %s what was spilled comes in order, only what a kill met comes twice, and nothing is lost uncounted',
  async (mode) => {
    const lane = makeLane();
    const property = fc.asyncProperty(
      fc.array(steps, { minLength: 1, maxLength: 60, size: 'max' }),
      fc.integer({ min: 500, max: 4_000 }),
      fc.integer({ min: 1_000, max: 60_000 }),
      fc.constantFrom(undefined, 1, 3),
      async (script, memoryBytes, diskBytes, batchRecords) => {
        const container = Object.assign(new SpillingContainer(lane), { memoryBytes, diskBytes });
        const story = new Story(container, mode, batchRecords);
        await story.begin();
        for (const step of script) await story.step(step);
        await story.end();
        const { ledger, counters } = story.life.queued;
        for (const stream of STREAMS) {
          const lines = story.lives.flatMap(({ got }) => got[stream]);
          const missing = missingIn(lines, story.printed[stream], story.met);
          const met = [...story.met].filter(([line]) => line.startsWith(stream));
          const counted = ledger.total('fake', stream).records;
          expect(counted).toBeGreaterThanOrEqual(missing);
          // What was on its way to the driver may have got there.
          expect(counted - missing).toBeLessThanOrEqual(met.reduce((sum, [, times]) => sum + times, 0));
        }
        expect(counters).toMatchObject({ queuedRecords: 0, queuedBytes: 0, spilledBytes: 0 });
        expect(existsSync(container.spilled)).toBe(false);
      },
    );
    await fc.assert(property, runs(100));
  },
);
