import { createInterface } from 'node:readline';
import { until } from '../until.js';
import type { Ctr } from './ctr.js';

export interface CtrEvent {
  readonly topic: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** What `ctr events` prints of one namespace, from the start of it on. It ends with the containerd, or the test. */
export class CtrEvents {
  readonly #seen: CtrEvent[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(private readonly namespace: string) {}

  static async follow(ctr: Ctr): Promise<CtrEvents> {
    const events = new CtrEvents(ctr.namespace);
    const client = ctr.spawn(['events'], { stdin: 'ignore' });
    createInterface({ input: client.stdout }).on('line', (line) => events.#take(line));
    // Nothing tells that it listens but an event.
    let probes = 0;
    await until('events come', async () => {
      await ctr.ok('namespaces', 'label', ctr.namespace, `probe=${++probes}`);
      return events.#seen.length > 0;
    });
    return events;
  }

  /** Of tasks, in order. */
  get tasks(): readonly CtrEvent[] {
    return this.#seen.filter(({ topic }) => topic.startsWith('/tasks/'));
  }

  topics(id: string): string[] {
    return this.tasks.filter(({ event }) => event['container_id'] === id).map(({ topic }) => topic);
  }

  /** The first such event, when it has come. Rejects after `ms`. */
  async next(topic: string, matches: (event: CtrEvent['event']) => boolean, ms = 20_000): Promise<CtrEvent['event']> {
    let timer: NodeJS.Timeout | undefined;
    return new Promise<CtrEvent['event']>((resolve, reject) => {
      const look = (): void => {
        const found = this.#seen.find((one) => one.topic === topic && matches(one.event));
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found.event);
      };
      timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`not within ${ms} ms: ${topic}; seen: ${JSON.stringify(this.tasks)}`));
      }, ms);
      this.#waiting.add(look);
      look();
    });
  }

  /** `DATE TIME ZONE ZONE NAMESPACE TOPIC JSON` */
  #take(line: string): void {
    const match = /^\S+ \S+ \S+ \S+ (\S+) (\S+) (\{.*\})$/.exec(line);
    if (match === null) return;
    const [, namespace, topic = '', json = ''] = match;
    if (namespace !== this.namespace && namespace !== '') return;
    this.#seen.push({ topic, event: JSON.parse(json) as Record<string, unknown> });
    for (const look of this.#waiting) look();
  }
}
