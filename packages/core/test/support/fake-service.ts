import type { ShimService } from '../../src/api/shim-service.js';

/** A service that records its calls as `[method, ...arguments]` and answers with `answer`. */
export function fakeService(answer: (method: string) => unknown = () => ({})): {
  service: ShimService;
  calls: unknown[][];
} {
  const calls: unknown[][] = [];
  const service = new Proxy({} as ShimService, {
    get:
      (_target, method) =>
      (...args: unknown[]): Promise<unknown> => {
        calls.push([method, ...args]);
        return Promise.resolve().then(() => answer(String(method)));
      },
  });
  return { service, calls };
}
