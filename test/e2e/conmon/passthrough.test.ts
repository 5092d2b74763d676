import { existsSync, openSync, closeSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { killShimd } from '../../support/shim-processes.js';
import { WAIT_FOR_GO } from '../../support/numbered-lines.js';

describe.each(RUNTIMES)('the log driver passthrough (%s)', (runtime) => {
  it("gives a container the caller's own stdio, and nothing else", async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container(`echo out; echo err >&2; ${WAIT_FOR_GO}; echo last; exit 7`);
    await container.createAndStart({ logs: ['passthrough'] });
    expect(['attach', 'ctl', 'winsz'].filter((name) => existsSync(join(container.bundle, name)))).toEqual([]);
    await killShimd(await bench.keeper());
    container.go();
    expect(await container.exitFile()).toBe('7');
    expect(await container.calls[0]!.ended).toMatchObject({
      code: 0,
      stdout: 'out\nlast\n',
      stderr: expect.stringMatching(/^err\n/) as string,
    });
    expect(existsSync(container.log)).toBe(false);
  });

  it('gives the runtime it too, whose message the caller sees itself', async () => {
    const container = new ConmonBench(runtime).container('exit 0');
    writeFileSync(join(container.bundle, 'config.json'), '{}');
    const call = container.call({ logs: ['passthrough'] });
    call.begin();
    const [said] = await call.saysAll();
    expect(said).toMatchObject({ data: -1 });
    expect((await call.ended).stderr).not.toBe('');
  });

  it('leaves no descriptor of the caller open anywhere but in the container', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('exit 0');
    const fd = openSync('/dev/null', 'r');
    await container.createAndStart({ logs: ['passthrough'], preserved: [fd] });
    closeSync(fd);
    // It resolves once nobody has the caller's stdout any more.
    expect((await container.calls[0]!.ended).code).toBe(0);
  });
});
