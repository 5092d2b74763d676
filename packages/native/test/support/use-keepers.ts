import { afterEach, expect } from 'vitest';
import type { KeeperClient } from '../keeper-client.js';
import type { Variant } from './binaries.js';
import { KeeperProcess, type KeeperOptions } from './keeper-process.js';

export interface Keepers {
  /** Starts one more. */
  start(options?: Partial<KeeperOptions>): Promise<KeeperProcess>;
  /** Starts one, connects and says HELLO. */
  ready(options?: Partial<KeeperOptions>): Promise<KeeperClient>;
  /** The one started last. */
  current(): KeeperProcess;
}

/** Keepers for the tests of a file: ended after each test, which fails if a sanitizer found anything. */
export function useKeepers(variant: Variant): Keepers {
  const started: KeeperProcess[] = [];
  const start: Keepers['start'] = async (options = {}) => {
    const keeper = await KeeperProcess.start({ variant, ...options });
    started.push(keeper);
    return keeper;
  };

  afterEach(async () => {
    for (const keeper of started.splice(0)) {
      const { log } = keeper;
      await keeper.destroy();
      expect(log).not.toMatch(/Sanitizer|runtime error/);
    }
  });

  return {
    start,
    async ready(options) {
      const keeper = await start(options);
      expect(keeper.line).toMatch(/^ok \d+\n$/);
      const client = await keeper.connect();
      await client.hello();
      return client;
    },
    current() {
      const keeper = started.at(-1);
      if (keeper === undefined) throw new Error('no keeper was started');
      return keeper;
    },
  };
}
