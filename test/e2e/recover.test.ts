import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NumberedContainer } from '../support/numbered-container.js';
import { WAIT_FOR_GO } from '../support/numbered-lines.js';
import { keeperOf, killShimd, shimdOf, stateOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** Kills keeper and shimd. */
async function killShim(bench: Workbench, id: string): Promise<void> {
  const keeper = await keeperOf(bench, id);
  const shimd = await until('a shimd runs', () => shimdOf(keeper));
  process.kill(keeper, 'SIGKILL');
  await until('keeper and shimd are gone', () => stateOf(keeper) === undefined && stateOf(shimd) === undefined);
}

/** A socket that nobody listens on any more. */
async function deadSocket(path: string): Promise<void> {
  const draft = `${path}.draft`;
  const server = createServer().listen(draft);
  await new Promise((resolve) => server.once('listening', resolve));
  renameSync(draft, path);
  await new Promise((resolve) => server.close(resolve));
}

describe('shimctl recover', () => {
  it('brings back the shims of all groups, and says what became of each container', { timeout: 60_000 }, async () => {
    const bench = new Workbench();
    const sleeping = bench.script('sleeping', 'sleep 1000');
    const ending = new NumberedContainer(bench, 'ends', `${WAIT_FOR_GO}; exit 7`);
    await bench.ok('run', '-d', '-b', sleeping, '--group', 'g1', 'lives');
    await bench.ok('run', '-d', '-b', ending.bundle, '--group', 'g2', 'ends');
    await bench.ok('run', '-d', '-b', sleeping, '--group', 'g3', 'served');
    const { pid } = await bench.inspect('ends');
    await killShim(bench, 'lives');
    await killShim(bench, 'ends');
    ending.go();
    await until('it has ended', () => stateOf(pid) === undefined);

    expect(await bench.ok('recover', '--dry-run')).toBe(
      ['default/ends: would be recovered', 'default/lives: would be recovered', 'default/served: ok (running)'].join(
        '\n',
      ),
    );
    expect(await bench.ok('recover')).toBe(
      [
        'default/ends: unknown exit (stopped)',
        'default/lives: recovered (running)',
        'default/served: ok (running)',
      ].join('\n'),
    );
    expect(await bench.ok('recover', 'lives')).toBe('default/lives: ok (running)');
    expect(await bench.ok('exec', 'lives', '--', 'echo', 'hello')).toBe('hello');
  });

  it('tells what is broken and what helps, and exits with 1', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'good');
    mkdirSync(join(bench.root, 'ns/default/bad'), { mode: 0o700 });
    writeFileSync(join(bench.root, 'ns/default/bad/request.json'), '{');
    const { exitCode, stdout } = await bench.shimctl(['recover']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(
        /^default\/bad: broken: .*not JSON \(SHIM_STATE_CORRUPT\); Remove .*--force.*\ndefault\/good: ok \(running\)$/,
      ) as string,
    });
    const missing = await bench.shimctl(['recover', 'ghost']);
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(String(missing.stderr)).toContain('SHIM_CONTAINER_NOT_FOUND');
  });

  it('takes up a container whose state was mended while its shim runs', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const request = join(bench.root, 'ns/default/c1/request.json');
    const text = readFileSync(request, 'utf8');
    const keeper = await keeperOf(bench, 'c1');
    await bench.ok('run', '-d', '-b', bench.script('b2', 'sleep 1000'), 'c2');
    writeFileSync(request, '{');
    await killShimd(keeper);
    await bench.ok('inspect', 'c2');
    expect((await bench.shimctl(['recover', 'c1'])).stdout).toMatch(/^default\/c1: broken: /);
    writeFileSync(request, text);
    expect((await bench.shimctl(['recover', '--dry-run', 'c1'])).stdout).toMatch(/^default\/c1: broken: /);
    expect(await bench.ok('recover', 'c1')).toBe('default/c1: recovered (running)');
    expect(await bench.ok('recover', 'c1')).toBe('default/c1: ok (running)');
    expect(await bench.ok('exec', 'c1', '--', 'echo', 'hello')).toBe('hello');
  });

  it("clears away what is nobody's, and nothing else", async () => {
    const bench = new Workbench();
    const bundle = bench.script('b', 'sleep 1000');
    await bench.ok('run', '-d', '-b', bundle, '--group', 'kept', 'c1');
    await bench.ok('run', '--rm', '-b', bench.script('short', 'true'), '--group', 'left', 'c2');
    const sockets = join(bench.root, 's');
    await until('the other shim has left', () => readdirSync(sockets).length === 1);
    await deadSocket(join(sockets, '0123456789abcdef'));
    const group = join(bench.root, 'groups/left');
    const socket = join(sockets, '0123456789abcdef');

    expect(await bench.ok('recover', '--dry-run')).toBe(
      ['default/c1: ok (running)', `would remove group ${group}`, `would remove socket ${socket}`].join('\n'),
    );
    expect([existsSync(group), existsSync(socket)]).toEqual([true, true]);
    expect(await bench.ok('recover')).toBe(
      ['default/c1: ok (running)', `removed group ${group}`, `removed socket ${socket}`].join('\n'),
    );
    expect([existsSync(group), readdirSync(sockets).length]).toEqual([false, 1]);
    expect(await bench.ok('recover')).toBe('default/c1: ok (running)');
    expect(await bench.ok('exec', 'c1', '--', 'echo', 'hello')).toBe('hello');
    await bench.ok('run', '--rm', '-b', bench.script('again', 'true'), '--group', 'left', 'c2');
  });
});
