import { describe, expect, it } from 'vitest';
import { ShimError, type ErrorCode } from '@holdfast/core/plugin';
import { EXITED } from '../support/documents.js';
import { BrokenOutput, Capture } from '../support/capture.js';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryBundle } from '../support/temporary-bundle.js';

const REF = { namespace: 'default', id: 'c1' };

function methods(cli: FakeCli): string[] {
  return cli.service.calls.map(([method]) => method);
}

describe('run in the foreground', () => {
  it('attaches before it starts, relays both streams, and exits with the code of the container', async () => {
    const cli = new FakeCli();
    cli.service.exit = { ...EXITED, exitCode: 7 };
    cli.shims.process = ({ stdout, stderr }) => {
      stdout.write('out\n');
      stderr.write('err\n');
      return Promise.resolve(cli.service.exit);
    };
    expect(await cli.run('run', '-b', temporaryBundle(), 'c1')).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    expect(methods(cli)).toEqual(['create', 'attach', 'start']);
    expect(cli.shims.attached[0]).toMatchObject({ ref: REF, request: { primary: true } });
    expect(cli.shims.detached).toBe(1);
    expect(new Set(cli.service.requestIds).size).toBe(2);
  });

  it('passes stdin on with -i alone', async () => {
    const cli = new FakeCli();
    await cli.run('run', '-b', temporaryBundle(), 'c1');
    await cli.run('run', '-i', '--rm', '-b', temporaryBundle(), 'c2');
    expect(cli.shims.attached.map(({ request }) => request.stdin)).toEqual([undefined, cli.stdin]);
    const creates = cli.service.calls.filter(([method]) => method === 'create');
    expect(creates.map(([, request]) => request)).toMatchObject([
      { stdin: false, autoRemove: false },
      { stdin: true, autoRemove: true },
    ]);
  });

  it('exits with 128+n for a signal, and with 125 and a remark when nobody knows', async () => {
    const cli = new FakeCli();
    cli.service.exit = { ...EXITED, exitCode: 143, signal: 'SIGTERM' };
    expect((await cli.run('run', '-b', temporaryBundle(), 'c1')).code).toBe(143);
    cli.service.exit = { ...EXITED, exitCode: null };
    const { code, stderr } = await cli.run('run', '-b', temporaryBundle(), 'c2');
    expect({ code, stderr }).toEqual({
      code: 125,
      stderr: 'shimctl: the exit code of c2 is unknown: its keeper died before it\n',
    });
  });

  it.each<[ErrorCode, number]>([
    ['SHIM_COMMAND_NOT_FOUND', 127],
    ['SHIM_COMMAND_PERMISSION', 126],
    ['SHIM_RUNTIME_FAILED', 125],
  ])('exits after %s at start with %i, and removes what never ran', async (code, exitCode) => {
    const cli = new FakeCli();
    cli.service.failures.start = new ShimError(code, 'no');
    const result = await cli.run('run', '-b', temporaryBundle(), 'c1');
    expect(result).toMatchObject({ code: exitCode, stdout: '' });
    expect(result.stderr).toContain(`shimctl: no (${code})`);
    expect(cli.service.calls.at(-1)).toEqual(['delete', REF, { force: true }]);
    expect(cli.shims.detached).toBe(1);
  });

  it('removes nothing when the container ran after all', async () => {
    const cli = new FakeCli();
    cli.shims.process = () => Promise.reject(new ShimError('SHIM_UNAVAILABLE', 'shimd is gone'));
    const { code, stderr } = await cli.run('run', '-b', temporaryBundle(), 'c1');
    expect(code).toBe(125);
    expect(stderr).toContain('(SHIM_UNAVAILABLE)');
    expect(methods(cli)).not.toContain('delete');
  });

  it('removes the container when it cannot attach to it', async () => {
    const cli = new FakeCli();
    cli.shims.attachFailure = new ShimError('SHIM_PEER_REFUSED', 'not you');
    expect((await cli.run('run', '-b', temporaryBundle(), 'c1')).code).toBe(125);
    expect(methods(cli)).toEqual(['create', 'attach', 'inspect', 'delete']);
  });

  it('leaves a container of that id alone when it could not create its own', async () => {
    const cli = new FakeCli();
    cli.service.failures.create = new ShimError('SHIM_CONTAINER_EXISTS', 'taken');
    expect((await cli.run('run', '-b', temporaryBundle(), 'c1')).code).toBe(125);
    expect(methods(cli)).toEqual(['create']);
  });

  it('delivers signals from before the start after it, and all in order', async () => {
    const cli = new FakeCli();
    cli.service.before.create = () => cli.signals.emit('SIGINT');
    cli.service.before.start = () => cli.signals.emit('SIGTERM');
    cli.shims.process = () =>
      new Promise((resolve) => {
        cli.service.before.kill = () => {
          const kills = cli.service.calls.filter(([method]) => method === 'kill').length;
          if (kills === 2) for (const signal of ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) cli.signals.emit(signal);
          if (kills === 6) resolve(EXITED);
        };
      });
    expect((await cli.run('run', '-b', temporaryBundle(), 'c1')).code).toBe(0);
    expect(methods(cli)).toEqual(['create', 'attach', 'start', ...Array<string>(6).fill('kill')]);
    const kills = cli.service.calls.slice(3).map(([, ref, request]) => [ref, request]);
    expect(kills).toEqual([2, 15, 1, 3, 10, 12].map((signal) => [REF, { signal, all: false }]));
  });

  it('gives the signals back when it ends', async () => {
    const cli = new FakeCli();
    await cli.run('run', '-b', temporaryBundle(), 'c1');
    expect(cli.signals.eventNames()).toEqual([]);
  });

  it('keeps silent when a signal and the exit cross, and tells other failures', async () => {
    const cli = new FakeCli();
    const failures = [
      new ShimError('SHIM_ILLEGAL_STATE', 'it has stopped'),
      new ShimError('SHIM_UNAVAILABLE', 'no answer'),
    ];
    cli.shims.process = () =>
      new Promise((resolve) => {
        cli.service.before.kill = () => {
          const failure = failures.shift();
          if (failures.length === 0) resolve(EXITED);
          else cli.signals.emit('SIGINT');
          throw failure as Error;
        };
      });
    cli.service.before.start = () => cli.signals.emit('SIGTERM');
    const { code, stderr } = await cli.run('run', '-b', temporaryBundle(), 'c1');
    expect(code).toBe(0);
    expect(stderr).not.toContain('it has stopped');
    expect(stderr).toContain('no answer (SHIM_UNAVAILABLE)');
  });

  it('gives up at the second signal once the process has ended and its output is stuck', async () => {
    const cli = new FakeCli();
    cli.shims.process = () => new Promise(() => undefined);
    const refused = new Promise<void>((resolve) => {
      cli.service.before.kill = () => {
        // The next turn: the relay has to learn of it.
        setImmediate(resolve);
        throw new ShimError('SHIM_ILLEGAL_STATE', 'it has stopped');
      };
    });
    cli.service.before.start = () => cli.signals.emit('SIGHUP');
    const result = cli.run('run', '-b', temporaryBundle(), 'c1');
    await refused;
    cli.signals.emit('SIGTERM');
    expect([(await result).code, cli.hurried]).toEqual([143, 1]);
  });

  it('tells a gap, and that it is connected again', async () => {
    const cli = new FakeCli();
    cli.shims.process = ({ onGap, onReconnect }) => {
      onReconnect();
      onGap(12);
      return Promise.resolve(EXITED);
    };
    expect((await cli.run('run', '-b', temporaryBundle(), 'c1')).stderr).toBe(
      'shimctl: the shim was started again; connected to it\n' +
        'shimctl: 12 bytes of output are missing here; the logs may have them\n',
    );
  });

  it('lets go of the container, which lives on, when the reader of stdout has gone', async () => {
    const cli = new FakeCli();
    cli.shims.process = ({ stdout }) => {
      stdout.write('x');
      return new Promise(() => undefined);
    };
    const stderr = new Capture();
    const code = await cli.runWith({ stdout: new BrokenOutput('EPIPE'), stderr }, 'run', '-b', temporaryBundle(), 'c1');
    expect({ code, stderr: stderr.text }).toEqual({ code: 141, stderr: '' });
    expect(methods(cli)).not.toContain('kill');
    expect(methods(cli)).not.toContain('delete');
    await expect.poll(() => cli.shims.detached).toBe(1);
    await expect.poll(() => cli.signals.eventNames()).toEqual([]);
  });
});

describe('run -d', () => {
  it('starts without attaching and says nothing', async () => {
    const cli = new FakeCli();
    expect(await cli.run('run', '-d', '-b', temporaryBundle(), 'c1')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(methods(cli)).toEqual(['create', 'start']);
  });

  it('prints the document with --json', async () => {
    const { stdout } = await new FakeCli().run('run', '-d', '--json', '-b', temporaryBundle(), 'c1');
    expect(JSON.parse(stdout)).toMatchObject({ ...REF, status: 'running' });
  });

  it('takes over no signals', async () => {
    const cli = new FakeCli();
    let taken: unknown[] = ['never asked'];
    cli.service.before.start = () => (taken = cli.signals.eventNames());
    await cli.run('run', '-d', '-b', temporaryBundle(), 'c1');
    expect(taken).toEqual([]);
  });

  it('removes what never ran', async () => {
    const cli = new FakeCli();
    cli.service.failures.start = new ShimError('SHIM_COMMAND_NOT_FOUND', 'no');
    expect((await cli.run('run', '-d', '-b', temporaryBundle(), 'c1')).code).toBe(127);
    expect(methods(cli)).toEqual(['create', 'start', 'inspect', 'delete']);
  });
});
