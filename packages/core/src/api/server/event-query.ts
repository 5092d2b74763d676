import { ShimError } from '../../plugin/shim-error.js';
import type { EventQuery } from '../documents.js';

/** Reads the query of `GET /v1/events`. Throws SHIM_INVALID_ARGUMENT. */
export function eventQuery(query: URLSearchParams): EventQuery {
  const since = query.get('since');
  const after = query.get('after');
  if (after !== null && !/^\d{1,16}$/.test(after)) {
    throw new ShimError('SHIM_INVALID_ARGUMENT', `${JSON.stringify(after.slice(0, 40))} is no cursor`, {
      where: 'after',
    });
  }
  return {
    follow: query.get('follow') === '1',
    ...(since !== null && { since }),
    ...(after !== null && { after: Number(after) }),
  };
}
