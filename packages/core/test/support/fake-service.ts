import type { ShimService } from '../../src/api/shim-service.js';

/** A service that records its calls as `[method, ...arguments]` and answers with `answer`; methods set on it are called. */
export function fakeService(answer: (method: string) => unknown = () => ({})): {
  service: ShimService;
  calls: unknown[][];
} {
  const calls: unknown[][] = [];
  const service = new Proxy({} as ShimService, {
    get: (target, method) =>
      (Reflect.get(target, method) as unknown) ??
      ((...args: unknown[]): Promise<unknown> => {
        calls.push([method, ...args]);
        return Promise.resolve().then(() => answer(String(method)));
      }),
  });
  return { service, calls };
}
