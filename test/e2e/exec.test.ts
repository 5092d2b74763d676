import { createHash, randomFillSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IdleContainer } from '../support/idle-container.js';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';

describe.each(RUNTIMES)('exec on real %s', (runtime) => {
  it('exits with the code of the command, or 128 and the number of its signal', async () => {
    const container = await IdleContainer.start(runtime);
    const codes: (number | undefined)[] = [];
    for (const script of ['exit 0', 'exit 1', 'exit 77', 'exit 255', 'kill -TERM $$', 'kill -KILL $$']) {
      codes.push((await container.sh(script)).exitCode);
    }
    expect(codes).toEqual([0, 1, 77, 255, 143, 137]);
  });

  it('keeps stdout and stderr apart, and takes environment, directory and user', async () => {
    const container = await IdleContainer.start(runtime);
    const script = 'echo "$OF_INIT $A $B"; pwd; id -u; id -g; echo err >&2';
    const result = await container.sh(script, ['-e', 'A=1', '-e', 'B=x y', '--cwd', '/var', '-u', 'www-data']);
    expect(result).toMatchObject({ exitCode: 0, stdout: ['1 1 x y', '/var', '33', '33'].join('\n'), stderr: 'err' });
    expect((await container.sh('id -u; id -g', ['-u', '12:29'])).stdout).toBe('12\n29');
  });

  it('passes stdin on with -i, byte for byte, and gives none without', async () => {
    const container = await IdleContainer.start(runtime);
    const input = randomFillSync(Buffer.alloc(1 << 20));
    const passed = await container.exec(['sh', '-c', 'cat | sha256sum'], ['-i'], { stdin: 'pipe', input });
    expect(passed).toMatchObject({ exitCode: 0, stdout: `${createHash('sha256').update(input).digest('hex')}  -` });
    const none = await container.exec(['wc', '-c'], [], { stdin: 'pipe', input: 'something' });
    expect(none).toMatchObject({ exitCode: 0, stdout: '0' });
  });

  it('runs twenty at once, each with output and code of its own', async () => {
    const container = await IdleContainer.start(runtime);
    const numbers = [...Array(20).keys()];
    const results = await Promise.all(
      numbers.map((n) => container.sh(`echo out ${n}; echo err ${n} >&2; exit ${n + 10}`)),
    );
    const seen = results.map(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }));
    expect(seen).toEqual(numbers.map((n) => ({ exitCode: n + 10, stdout: `out ${n}`, stderr: `err ${n}` })));
  });

  it('kills a command that takes longer than its --timeout, with what it has started', async () => {
    const container = await IdleContainer.start(runtime);
    const result = await container.sh('echo begun; sleep 4321 & sleep 4321', ['--timeout', '0.5']);
    expect(result).toMatchObject({ exitCode: 137, stdout: 'begun' });
    expect(result.stderr).toContain('(SHIM_EXEC_TIMEOUT)');
    const { stdout } = await container.sh('ps');
    expect(stdout).not.toContain('sleep 4321');
  });

  it('returns at once with -d, and the command goes on', async () => {
    const container = await IdleContainer.start(runtime);
    const started = await container.sh('sleep 0.3; touch /dev/shm/ran; exec sleep 1000', ['-d']);
    expect(started).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    await until('the command has run', async () => (await container.sh('test -e /dev/shm/ran')).exitCode === 0);
  });

  it('takes a whole process from --process', async () => {
    const container = await IdleContainer.start(runtime);
    const file = join(container.bench.directory, 'process.json');
    const process = {
      terminal: false,
      user: { uid: 33, gid: 33 },
      args: ['sh', '-c', 'echo $ONLY; id -u; exit 21'],
      env: ['PATH=/bin', 'ONLY=me'],
      cwd: '/',
    };
    writeFileSync(file, JSON.stringify(process));
    const result = await container.bench.shimctl(['exec', '--process', file, 'c1']);
    expect(result).toMatchObject({ exitCode: 21, stdout: 'me\n33' });
  });

  it('says that a command is missing or cannot be executed, and leaves no session behind', async () => {
    const container = await IdleContainer.start(runtime);
    const missing = await container.exec(['no-such-command']);
    expect({ code: missing.exitCode, said: missing.stderr }).toEqual({
      code: 127,
      said: expect.stringContaining('SHIM_') as string,
    });
    const denied = await container.exec(['/etc/passwd']);
    expect({ code: denied.exitCode, said: denied.stderr }).toEqual({
      code: 126,
      said: expect.stringContaining('SHIM_') as string,
    });
    const detached = await container.exec(['no-such-command'], ['-d']);
    expect(detached.exitCode).toBe(127);
    expect(await container.inspect()).toMatchObject({ status: 'running', execs: [] });
  });

  it('is refused in a container that has stopped', async () => {
    const container = await IdleContainer.start(runtime);
    await container.bench.ok('stop', 'c1');
    const result = await container.exec(['true']);
    expect(result.exitCode).toBe(125);
    expect(result.stderr).toContain('SHIM_ILLEGAL_STATE');
  });
});
