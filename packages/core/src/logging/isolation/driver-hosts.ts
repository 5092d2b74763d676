import type { Isolation } from '../../config/container-config.js';
import type { PluginLogger } from '../../plugin/plugin-context.js';
import type { StartHost } from './host-link.js';
import { HostDied, RunningHost } from './running-host.js';

/** A host that died is started again at once, then after pauses that double up to the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** One that has lived so long begins anew with short pauses. */
const SOUND_MS = 10_000;

/** So long the start of a host may take, with the loading of the plugin: a machine under load needs some seconds for a process. */
export const HOST_START_MS = 10_000;

/** What {@link DriverHosts} needs. */
export interface DriverHostsOptions {
  readonly starts: Readonly<Record<HostPlace['isolation'], StartHost>>;
  readonly logger: PluginLogger;
  /** Of this holdfast. */
  readonly version: string;
  readonly startMs?: number;
}

/** Where a driver runs: drivers of one plugin share a host. */
export interface HostPlace {
  /** The module's path, or the name of a built-in. */
  readonly plugin: string;
  readonly isolation: Exclude<Isolation, 'none'>;
}

interface Slot {
  users: number;
  host: RunningHost | undefined;
  deaths: number;
  startedAt: number;
}

/** The hosts of shimd: one for each plugin and kind of isolation, while somebody uses it. */
export class DriverHosts {
  readonly #slots = new Map<string, Slot>();
  #closed = false;

  constructor(private readonly options: DriverHostsOptions) {}

  /** The host is kept for the caller until it lets go of it. */
  use(place: HostPlace): HostUse {
    const key = `${place.isolation} ${place.plugin}`;
    let slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, (slot = { users: 0, host: undefined, deaths: 0, startedAt: 0 }));
    slot.users += 1;
    const kept = slot;
    let using = true;
    return {
      place,
      startMs: this.options.startMs ?? HOST_START_MS,
      host: () => {
        // Nobody would end it.
        if (!using || this.#closed) throw new HostDied('let go of');
        return this.#host(kept, place);
      },
      pauseMs: () => pauseOf(kept),
      release: () => {
        if (!using) return;
        using = false;
        kept.users -= 1;
        if (kept.users > 0) return;
        this.#slots.delete(key);
        kept.host?.kill();
      },
    };
  }

  close(): void {
    this.#closed = true;
    for (const { host } of this.#slots.values()) host?.kill();
    this.#slots.clear();
  }

  #host(slot: Slot, place: HostPlace): RunningHost {
    if (slot.host?.alive === true) return slot.host;
    slot.startedAt = performance.now();
    const { starts, logger, version } = this.options;
    const onDeath = (why: string): void => {
      slot.deaths = performance.now() - slot.startedAt > SOUND_MS ? 1 : slot.deaths + 1;
      slot.startedAt = performance.now();
      if (slot.users > 0) logger.error({ ...place, why }, 'the host of a log driver has died: it is started again');
    };
    slot.host = new RunningHost(starts[place.isolation], logger, onDeath, version);
    return slot.host;
  }
}

/** One driver's hold on a host. */
export interface HostUse {
  readonly place: HostPlace;
  /** Milliseconds that the start of a host may take. */
  readonly startMs: number;
  /** The one that runs, started if there is none. Throws {@link HostDied} after the release. */
  host(): RunningHost;
  /** Milliseconds that a new one has to wait for; 0 if there is one. */
  pauseMs(): number;
  release(): void;
}

function pauseOf({ host, deaths, startedAt }: Slot): number {
  if (host?.alive === true || deaths === 0) return 0;
  const pause = deaths === 1 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (deaths - 2));
  return Math.max(0, startedAt + pause - performance.now());
}
