import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrontEndHost } from '@holdfast/core';
import { StateLayout } from '@holdfast/core/client';
import { onTestFinished } from 'vitest';

/** A keeper that knows keys, and holds nothing. */
export class FakeKeeper {
  readonly held = new Set<string>();
  readonly relayed = new Set<string>();
  /** It knows no RELAY. */
  tooOld = false;
  /** What comes before the answer to a relay. */
  beforeRelay: (key: string) => Promise<void> = () => Promise.resolve();

  hold(key: string): Promise<void> {
    this.held.add(key);
    return Promise.resolve();
  }

  drop(key: string): Promise<void> {
    this.held.delete(key);
    this.relayed.delete(key);
    return Promise.resolve();
  }

  async relay(key: string): Promise<boolean> {
    await this.beforeRelay(key);
    if (this.tooOld) return false;
    if (!this.held.has(key)) throw new Error('keeper: relay: errno 2');
    this.relayed.add(key);
    return true;
  }
}

export interface FakeHost {
  readonly host: FrontEndHost;
  readonly keeper: FakeKeeper;
  readonly layout: StateLayout;
  readonly log: string[];
}

/** A host with a state root of its own, in which the group has its directory. `more` is laid over it. */
export function fakeHost(more: Partial<FrontEndHost> = {}): FakeHost {
  const directory = mkdtempSync(join(tmpdir(), 'hf-host-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const layout = new StateLayout(directory);
  mkdirSync(layout.group('containerd'), { recursive: true, mode: 0o700 });
  const log: string[] = [];
  const say = (_fields: object, message: string): void => void log.push(message);
  const keeper = new FakeKeeper();
  const logger = { debug: say, info: say, warn: say, error: say };
  const host = { keeper, layout, group: 'containerd', version: '0', logger, changed: () => undefined, ...more };
  return { host: host as unknown as FrontEndHost, keeper, layout, log };
}
