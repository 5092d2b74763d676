import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_QUEUE } from '../../src/config/container-config.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

test('a driver with which shimd died again and again is switched off, and its error says so once', async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  const base = fixture.config();
  const logs = base.logs.map((log) => ({ ...log, path: '/opt/deadly.mjs' }));
  await shim.create(fixture.request({ config: { ...base, logs } }));
  await shim.start(REF, { requestId: 's' });
  const file = join(fixture.layout.container(REF), 'runtime.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), crashes: 3 }));

  const next = fixture.compose();
  await next.containers.recover();
  fixture.runtime.process('c1').print('said to nobody\n');
  await until(() => fixture.logger.errors.length > 0);
  // With a cause that says the same, the log would say it twice.
  const [error] = fixture.logger.errors as Error[];
  expect([error?.message, error?.cause]).toEqual([
    'the log driver fake is switched off: shimd died with it',
    undefined,
  ]);
  expect(error).toMatchObject({ code: 'SHIM_PLUGIN_FAILED', where: '/opt/deadly.mjs' });
  expect((await next.shim.inspect(REF)).lost.records).toBe(1);
});

test('a queue for a driver of local files is refused where it is asked for, and nothing is left', async () => {
  const fixture = new ShimFixture();
  Object.assign(fixture.driver, { local: true });
  const { shim } = fixture.compose();
  const base = fixture.config();
  const logs = base.logs.flatMap((log) => [log, { ...log, queue: DEFAULT_QUEUE }]);
  await expect(shim.create(fixture.request({ config: { ...base, logs } }))).rejects.toMatchObject({
    code: 'SHIM_CONFIG_INVALID',
    where: 'logs[1].queue',
    message: 'logs[1].queue: the log driver "fake" writes local files and has no queue',
  });
  // Both were made.
  expect(fixture.driver.calls).toEqual(['close deleted', 'close deleted']);
  await expect(shim.inspect(REF)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
});

test('a container that has such a queue from an earlier version comes back', async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  const base = fixture.config();
  const logs = base.logs.map((log) => ({ ...log, queue: DEFAULT_QUEUE }));
  await shim.create(fixture.request({ config: { ...base, logs } }));
  await shim.start(REF, { requestId: 's' });
  Object.assign(fixture.driver, { local: true });
  const next = fixture.compose();
  await next.containers.recover();
  fixture.runtime.process('c1').print('on\n');
  await until(() => fixture.driver.lines.length > 0);
  expect(fixture.driver.lines).toEqual(['stdout:on|']);
});
