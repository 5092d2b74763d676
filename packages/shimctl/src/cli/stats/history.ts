import type { RatedStats } from './rates.js';

/** More than a line of a terminal has room for. */
const KEPT = 200;

/** The last values of one container, the newest last; null was not known. */
export interface Past {
  readonly cpu: (number | null)[];
  readonly log: (number | null)[];
}

const NOTHING: Past = { cpu: [], log: [] };

/** What the containers of a table did before. One that is gone is forgotten. */
export class History {
  #past = new Map<string, Past>();

  add(sample: readonly RatedStats[]): void {
    this.#past = new Map(
      sample.map(({ instance, cpuPercent, logRate }) => {
        const { cpu, log } = this.of(instance);
        return [instance, { cpu: grown(cpu, cpuPercent), log: grown(log, logRate?.bytes ?? null) }];
      }),
    );
  }

  of(instance: string): Past {
    return this.#past.get(instance) ?? NOTHING;
  }
}

function grown(values: readonly (number | null)[], value: number | null): (number | null)[] {
  return [...values, value].slice(-KEPT);
}
