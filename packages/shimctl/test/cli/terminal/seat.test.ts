import { setImmediate as turn } from 'node:timers/promises';
import type { ExitDocument, TerminalSize } from '@holdfast/core/client';
import { describe, expect, it } from 'vitest';
import type { AttachRequest } from '../../../src/cli/services.js';
import { FakeCli } from '../support/fake-cli.js';

const EXITED: ExitDocument = { exitCode: 4, signal: null, exitedAt: '2026-01-02T03:04:05.000Z' };

/** A command line at a terminal that is attached to a process with one; resolves once it is. */
async function atTerminal(...argv: string[]) {
  const cli = new FakeCli();
  cli.isTTY = { stdin: true, stdout: true, stderr: true };
  cli.add('c1', { status: 'running', terminal: true });
  let end: (exit: ExitDocument) => void = () => undefined;
  const request = new Promise<AttachRequest>((resolve) => {
    cli.shims.process = (attached) => {
      resolve(attached);
      return new Promise((done) => (end = done));
    };
  });
  const result = cli.run('attach', ...argv, 'c1');
  const attached = await Promise.race([request, result.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return { cli, result, request: attached, end: () => end(EXITED) };
}

/** Keys on their way to the process. */
function keysOf({ stdin }: AttachRequest): string[] {
  const keys: string[] = [];
  stdin?.on('data', (bytes: Buffer) => keys.push(bytes.toString('latin1')));
  return keys;
}

describe('at a terminal', () => {
  it('keys go to the process as they are, and the terminal is given back with the exit', async () => {
    const { cli, result, request, end } = await atTerminal();
    const keys = keysOf(request);
    cli.stdin.write('\x03\x1a');
    await turn();
    expect([keys.join(''), cli.terminal.raw, request.leaveStdinOpen]).toEqual(['\x03\x1a', 1, true]);
    end();
    expect((await result).code).toBe(4);
    expect(cli.terminal.raw).toBe(0);
  });

  it('the detach keys leave, with a word and 0', async () => {
    const { cli, result, request } = await atTerminal('--detach-keys', 'ctrl-a,x');
    const keys = keysOf(request);
    cli.stdin.write('ab\x01x');
    expect(await result).toEqual({ code: 0, stdout: '', stderr: 'shimctl: detached; c1 goes on\n' });
    expect([keys.join(''), cli.terminal.raw, cli.shims.detached]).toEqual(['ab', 0, 1]);
  });

  it('a signal that ends programs ends this one alone', async () => {
    const { cli, result } = await atTerminal();
    await turn();
    cli.signals.emit('SIGUSR1');
    cli.signals.emit('SIGTERM');
    const { code, stderr } = await result;
    expect([code, cli.terminal.raw]).toEqual([143, 0]);
    expect(stderr).toBe('shimctl: detached by a signal; the process goes on\n');
    expect(cli.service.calls.filter(([method]) => method === 'kill')).toEqual([
      ['kill', expect.anything(), expect.objectContaining({ signal: 10 })],
    ]);
  });

  it('a stop by somebody else gives the terminal back until it goes on', async () => {
    const { cli, result, end } = await atTerminal();
    cli.signals.emit('SIGTSTP');
    expect(cli.terminal.calls).toEqual(['raw', 'restored', 'stopped']);
    cli.signals.emit('SIGCONT');
    expect(cli.terminal.raw).toBe(1);
    end();
    await result;
    expect(cli.terminal.raw).toBe(0);
  });

  it('the size goes along, now and when it changes', async () => {
    const { cli, result, request, end } = await atTerminal();
    const sizes: TerminalSize[] = [];
    const unwatch = request.window?.watch((size) => sizes.push(size));
    cli.terminal.current = { rows: 7, columns: 8 };
    cli.signals.emit('SIGWINCH');
    unwatch?.();
    cli.signals.emit('SIGWINCH');
    expect(sizes).toEqual([
      { rows: 24, columns: 80 },
      { rows: 7, columns: 8 },
    ]);
    end();
    await result;
  });

  it('one that only watches leaves the terminal as it is', async () => {
    const { cli, result, request, end } = await atTerminal('--no-stdin');
    expect([request.stdin, cli.terminal.calls]).toEqual([undefined, []]);
    end();
    await result;
  });
});

it('keys that are none are refused before anything is attached', async () => {
  const cli = new FakeCli();
  cli.add('c1', { status: 'running' });
  const { code, stderr } = await cli.run('attach', '--detach-keys', 'ctrl-1', 'c1');
  expect([code, cli.shims.attached]).toEqual([2, []]);
  expect(stderr).toContain('SHIM_USAGE');
});
