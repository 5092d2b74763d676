import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { FileLanes } from '../../src/logging/file-lanes.js';
import { Forgetting } from '../../src/lifecycle/forget-container.js';
import type { Container } from '../../src/lifecycle/container.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

async function forgetting(): Promise<{
  fixture: ShimFixture;
  container: Container;
  forgetting: Forgetting;
  gone: string[];
}> {
  const fixture = new ShimFixture();
  const { shim, containers } = fixture.compose();
  await shim.create(fixture.request());
  const lanes = new FileLanes();
  onTestFinished(() => lanes.close());
  const gone: string[] = [];
  const { layout, logger } = fixture;
  const all: Forgetting = new Forgetting({
    ...{ layout, lanes, logger },
    gone: ({ id }) => void gone.push(all.empty ? `${id}, the last` : id),
  });
  return { fixture, container: containers.get(REF), forgetting: all, gone };
}

test('a container is forgotten once, however many ask for it', async () => {
  const { container, forgetting: all, gone } = await forgetting();
  let cleared = 0;
  const clear = (): Promise<void> => Promise.resolve(void (cleared += 1));
  await Promise.all([all.forget(container, clear), all.forget(container, clear), all.settled(REF)]);
  await all.forget(container, clear);
  expect({ cleared, gone, empty: all.empty }).toEqual({ cleared: 1, gone: ['c1, the last'], empty: true });
});

test('logs that are not removed in time keep the records, and those go behind them', async () => {
  const { fixture, container, forgetting: all, gone } = await forgetting();
  let answer = (): void => undefined;
  const frozen = new Promise<void>((resolve) => (answer = resolve));
  await expect(all.forget(container, () => frozen)).rejects.toMatchObject({ code: 'SHIM_LOG_REMOVE' });
  await expect(all.underWay(REF)).rejects.toMatchObject({ code: 'SHIM_LOG_REMOVE' });
  await all.settled(REF);
  expect([gone, all.empty, existsSync(fixture.layout.container(REF))]).toEqual([[], false, true]);
  const done = all.underWay(REF);
  answer();
  await done;
  expect([gone, all.empty, existsSync(fixture.layout.container(REF))]).toEqual([['c1, the last'], true, false]);
  expect(all.underWay(REF)).toBeUndefined();
});

test('logs that cannot be removed keep nothing else', async () => {
  const { container, forgetting: all, gone } = await forgetting();
  await all.forget(container, () => Promise.reject(new Error('EROFS')));
  expect(gone).toEqual(['c1, the last']);
});
