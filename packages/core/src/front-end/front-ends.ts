import { setTimeout as delay } from 'node:timers/promises';
import type { LaunchServer } from '../launch/launch-server.js';
import { ShimError } from '../plugin/shim-error.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { FrontEnd, FrontEndHost, FrontEndSession } from './front-end.js';
import { loadFrontEnd, unusable } from './load-front-end.js';

/** They take up what an earlier shimd has left; one that hangs would keep everybody from being served. */
const SERVE_MS = 30_000;

/** The front ends of a shimd. */
export class FrontEnds {
  readonly #sessions = new Map<string, FrontEndSession>();

  private constructor(
    private readonly fronts: readonly FrontEnd[],
    private readonly logger: PluginLogger,
  ) {}

  /** Loads the modules at these absolute paths, one after the other. Throws SHIM_FRONT_END. */
  static async load(paths: readonly string[], logger: PluginLogger): Promise<FrontEnds> {
    const fronts = new Map<string, FrontEnd>();
    for (const path of paths) {
      const front = await loadFrontEnd(path);
      if (fronts.has(front.name)) throw unusable(path, new Error(`there is another with the name "${front.name}"`));
      fronts.set(front.name, front);
    }
    return new FrontEnds([...fronts.values()], logger);
  }

  /** Has them all serve. Throws SHIM_FRONT_END. */
  async serve(
    host: Omit<FrontEndHost, 'onLaunch' | 'onStandingLaunch'>,
    launches: Pick<LaunchServer, 'handle' | 'handleStanding'>,
    timeoutMs = SERVE_MS,
  ): Promise<void> {
    for (const front of this.fronts) {
      const { name } = front;
      try {
        const serving = front.serve({
          ...host,
          onLaunch: (handler) => launches.handle(name, handler),
          onStandingLaunch: (handler) => launches.handleStanding(name, handler),
        });
        this.#sessions.set(name, checkSession(await inTime(serving, timeoutMs)));
      } catch (error) {
        throw unusable(`"${name}"`, error);
      }
    }
  }

  /** True while one of them has something to do. */
  get busy(): boolean {
    return [...this.#sessions.values()].some(({ busy }) => busy);
  }

  /** Has them all come to rest; none for longer than `ms`. Never rejects. */
  async leave(reason: 'idle' | 'upgrade', ms: number): Promise<void> {
    await Promise.all(
      [...this.#sessions].map(([name, session]) => this.#leave(name, async () => session.leave(reason), ms)),
    );
  }

  async #leave(name: string, leave: () => Promise<void>, ms: number): Promise<void> {
    const late = new AbortController();
    try {
      const outcome = await Promise.race([leave(), delay(ms, 'late', { signal: late.signal })]);
      if (outcome === 'late') this.logger.warn({ frontEnd: name, ms }, 'a front end did not come to rest in time');
    } catch (error) {
      this.logger.error({ err: error, frontEnd: name }, 'a front end did not come to rest');
    } finally {
      late.abort();
    }
  }
}

async function inTime<T>(serving: Promise<T>, ms: number): Promise<T> {
  const late = new AbortController();
  const end = delay(ms, undefined, { signal: late.signal }).then((): never => {
    throw new ShimError('SHIM_FRONT_END', `its "serve" has not come to serve within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([serving, end]);
  } finally {
    end.catch(() => undefined);
    late.abort();
  }
}

function checkSession(session: unknown): FrontEndSession {
  const { leave } = (session ?? {}) as Partial<FrontEndSession>;
  if (typeof leave === 'function') return session as FrontEndSession;
  throw new ShimError('SHIM_FRONT_END', 'its "serve" has returned no session: { busy, leave }');
}
