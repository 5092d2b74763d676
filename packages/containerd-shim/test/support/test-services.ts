import { setTimeout as delay } from 'node:timers/promises';
import { CODE, TtrpcError } from '../../src/ttrpc/codes.js';
import type { Call, Method } from '../../src/ttrpc/method.js';

export const SERVICE = 'test.Service';

/** Methods for tests. `seen` gets every call. */
export function testMethods(seen: Call[] = []): Map<string, Method> {
  const unary = (handle: (request: Uint8Array, call: Call) => Uint8Array | Promise<Uint8Array>): Method => ({
    kind: 'unary',
    handle: (request, call) => {
      seen.push(call);
      return handle(request, call);
    },
  });
  return new Map<string, Method>([
    ['Echo', unary((request) => request)],
    ['Later', unary(async (request) => delay(request[0] ?? 0, request))],
    ['Never', unary(() => new Promise<Uint8Array>(() => undefined))],
    ['Large', unary(() => new Uint8Array(5 * 1024 * 1024))],
    ['Refuse', unary(() => Promise.reject(new TtrpcError(CODE.FailedPrecondition, 'not now')))],
    [
      'Throw',
      unary(() => {
        throw new Error('a plain error');
      }),
    ],
    [
      'Sum',
      {
        kind: 'client stream',
        handle: async (requests) => {
          let sum = 0;
          for await (const [value] of requests) sum += value ?? 0;
          return Uint8Array.of(sum);
        },
      },
    ],
    [
      'Count',
      {
        kind: 'server stream',
        handle: async function* (request) {
          for (let i = 0; i < (request[0] ?? 0); i++) yield Uint8Array.of(i);
        },
      },
    ],
    [
      'CountAndFail',
      {
        kind: 'server stream',
        handle: async function* () {
          yield Uint8Array.of(0);
          throw new TtrpcError(CODE.DataLoss, 'the rest is gone');
        },
      },
    ],
    [
      'Double',
      {
        kind: 'both stream',
        handle: async function* (requests) {
          for await (const [value] of requests) yield Uint8Array.of(2 * (value ?? 0));
        },
      },
    ],
  ]);
}
