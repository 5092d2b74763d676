import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import type { ConmonContainer } from '../../support/conmon/conmon-container.js';
import { WAIT_FOR_GO } from '../../support/numbered-lines.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { until } from '../../support/until.js';

const GREEDY = `awk 'BEGIN { s = "x"; while (1) s = s s }'`;

function limitMemory({ bundle }: ConmonContainer, limit: number): void {
  const path = join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8')) as { linux: { resources?: object } };
  spec.linux.resources = { ...spec.linux.resources, memory: { limit } };
  writeFileSync(path, JSON.stringify(spec));
}

describe.each(RUNTIMES)('a container of conmon whose memory runs out (%s)', (runtime) => {
  it('has an empty file that says so, while it lives on', async () => {
    const container = new ConmonBench(runtime).container(`${GREEDY}; ${WAIT_FOR_GO}; exit 0`);
    limitMemory(container, 16 << 20);
    await container.createAndStart();
    const files = [container.persistDir, container.bundle].map((path) => join(path, 'oom'));
    await until('both files are there', () => files.every((path) => existsSync(path)));
    expect(existsSync(join(container.exitDir, container.id))).toBe(false);
    expect(files.map((path) => statSync(path).size)).toEqual([0, 0]);
    container.go();
    expect(await container.exitFile()).toBe('0');
  });

  it('has it before the exit file if it has ended by that', async () => {
    const container = new ConmonBench(runtime).container(`exec ${GREEDY}`);
    limitMemory(container, 16 << 20);
    await container.createAndStart();
    expect(await container.exitFile()).toBe('137');
    expect(existsSync(join(container.bundle, 'oom'))).toBe(true);
  });

  it('has none otherwise', async () => {
    const container = new ConmonBench(runtime).container('exit 137');
    await container.createAndStart();
    expect(await container.exitFile()).toBe('137');
    await container.exitCommand();
    expect(existsSync(join(container.bundle, 'oom'))).toBe(false);
  });
});
