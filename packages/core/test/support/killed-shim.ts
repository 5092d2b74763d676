import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REF, ShimFixture } from './shim-fixture.js';

/** Of a record of {@link REF}. */
export const path = (fixture: ShimFixture, name: string): string => join(fixture.layout.container(REF), name);

/** Changes a record as if shimd had been killed at another moment. */
export function rewrite(fixture: ShimFixture, name: string, change: object): void {
  const old = JSON.parse(readFileSync(path(fixture, name), 'utf8')) as object;
  writeFileSync(path(fixture, name), JSON.stringify({ ...old, ...change }));
}

/** A shim with one container; it is as good as killed once another one is composed. */
export async function started(start = true): Promise<ShimFixture> {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  if (start) await shim.start(REF, { requestId: fixture.requestId() });
  return fixture;
}

/** The next shim, which has taken up what there is. */
export async function recover(fixture: ShimFixture): Promise<ReturnType<ShimFixture['compose']>['shim']> {
  const { shim, containers } = fixture.compose();
  await containers.recover();
  return shim;
}
