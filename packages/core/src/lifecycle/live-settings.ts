import { isDeepStrictEqual } from 'node:util';
import type { ShimSettings } from '../api/documents.js';
import { configSchema } from '../config/config-schema.js';
import { readJson, removeFile, writeJson } from '../state/json-file.js';
import type { ChangeableSettings } from './shim-info.js';

const LEVELS: readonly unknown[] = configSchema.properties.shim.properties.logLevel.enum;

/** The settings of a shim, on disk once they have been changed: the keeper starts a dead shimd with the old command line. */
export class LiveSettings implements ChangeableSettings {
  #current: ShimSettings;
  #last: Promise<void> = Promise.resolve();

  /** `put` is called with each new state. */
  constructor(
    initial: ShimSettings,
    private readonly path: string,
    private readonly put: (settings: ShimSettings) => void,
  ) {
    this.#current = copyOf(initial);
  }

  get current(): ShimSettings {
    return this.#current;
  }

  /** Takes up what a shimd of the same keeper left; of another keeper it is forgotten. Never rejects for what it finds. */
  async restore(restarts: number): Promise<void> {
    if (restarts === 0) return removeFile(this.path).catch(() => undefined);
    const found = await readJson(this.path).catch(() => undefined);
    if (isSettings(found)) this.#use(found);
  }

  change(settings: ShimSettings): Promise<void> {
    const change = this.#last.then(async () => {
      // The same as on disk, or as on the command line with which the keeper starts the next shimd.
      if (isDeepStrictEqual(copyOf(settings), this.#current)) return;
      await writeJson(this.path, copyOf(settings));
      this.#use(settings);
    });
    this.#last = change.catch(() => undefined);
    return change;
  }

  #use(settings: ShimSettings): void {
    this.#current = copyOf(settings);
    this.put(this.#current);
  }
}

function copyOf({ logLevel, idleTimeoutMs }: ShimSettings): ShimSettings {
  return { logLevel, idleTimeoutMs };
}

function isSettings(value: unknown): value is ShimSettings {
  if (typeof value !== 'object' || value === null) return false;
  const { logLevel, idleTimeoutMs } = value as Partial<ShimSettings>;
  return LEVELS.includes(logLevel) && Number.isInteger(idleTimeoutMs) && (idleTimeoutMs as number) >= 0;
}
