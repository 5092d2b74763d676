import { API_PREFIX } from '../api/routes.js';
import { ConnectionCut } from './connection-cut.js';
import { exchange } from './exchange.js';
import type { Attempt } from './persist.js';

const ASK_EVERY_MS = 3_000;
const LOOK_EVERY_MS = 250;

/**
 * Runs `call`, whose answer may rightly take long, and asks shimd for its version now and then: each answer is a sign of
 * life. Without one for as long as patience lasts `call` is aborted and the result is a ConnectionCut; trouble aborts it at once. A connection to the
 * keeper's socket is queued even if no shimd ever comes, so silence alone tells nothing.
 */
export async function watchOver<T>(
  socketPath: string,
  state: Attempt,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const silence = new AbortController();
  let question = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let limit: NodeJS.Timeout | undefined;
  const interval = Math.min(ASK_EVERY_MS, state.patience / 3);
  const schedule = (): void => {
    timer = setTimeout(ask, interval);
  };
  const ask = (): void => {
    if (state.left() <= 0) {
      silence.abort(new ConnectionCut('it takes connections and says nothing', true));
      return;
    }
    // Not AbortSignal.any of a timeout: Node 20 lets the garbage collector take such a pair, and nothing ends the question.
    question = new AbortController();
    const { signal } = question;
    limit = setTimeout(() => question.abort(), Math.ceil(state.left()));
    exchange({ method: 'GET', path: `${API_PREFIX}/version` }, { socketPath, agent: false, signal })
      .then(
        () => state.alive(),
        () => undefined,
      )
      .finally(() => {
        clearTimeout(limit);
        if (!silence.signal.aborted) schedule();
      });
  };
  const look = setInterval(() => {
    const trouble = state.trouble();
    if (trouble !== undefined) silence.abort(trouble);
  }, LOOK_EVERY_MS);
  schedule();
  try {
    return await call(silence.signal);
  } finally {
    clearTimeout(timer);
    clearInterval(look);
    silence.abort();
    question.abort();
  }
}
