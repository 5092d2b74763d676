import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lines } from './support/batch.js';
import { useJournald } from './support/use-journald.js';

// journald limits units of systemd, which it knows by the names of cgroups.
const cgroups = existsSync('/sys/fs/cgroup/unified') ? '/sys/fs/cgroup/unified' : '/sys/fs/cgroup';
const unit = join(cgroups, 'system.slice', `holdfast-test-${process.pid}.service`);
const hadSlice = existsSync(dirname(unit));
const home = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';

beforeAll(() => {
  mkdirSync(unit, { recursive: true });
  writeFileSync(join(unit, 'cgroup.procs'), `${process.pid}`);
});
afterAll(() => {
  writeFileSync(join(cgroups, home, 'cgroup.procs'), `${process.pid}`);
  rmdirSync(unit);
  if (!hadSlice) rmdirSync(dirname(unit));
});

const own = useJournald({ RateLimitIntervalSec: '1h', RateLimitBurst: '20' });

it("journald's rate limit is not seen by the sender, and the reader sees a gap", async () => {
  const log = own.log();
  await log.write(lines(500));
  await log.flush();
  const kept = await log.readTexts();
  expect(kept.length).toBeGreaterThanOrEqual(20);
  expect(kept.length).toBeLessThan(500);
  // The limit is over for those that journald hears of in a new unit: after a restart the end is there.
  await own.journald.kill();
  await own.journald.start();
  await log.write(['the end\n']);
  await log.flush();
  expect(await log.readTexts()).toEqual([...kept, `gap: ${500 - kept.length}`, 'the end']);
});
