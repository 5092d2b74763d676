import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RealSystem } from '../../../../src/cli/doctor/real/real-system.js';
import { temporaryDirectory } from '../../support/temporary-bundle.js';

const system = new RealSystem('9.8.7');

async function listen(path: string, onData: (server: Server) => Parameters<typeof createServer>[1]): Promise<void> {
  const server: Server = createServer((socket) => onData(server)?.(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
}

describe('the machine', () => {
  it('tells files, directories and links apart, and follows no link', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), 'text', { mode: 0o640 });
    symlinkSync('file', join(directory, 'link'));
    expect(await system.status(directory)).toMatchObject({ type: 'directory', uid: process.geteuid?.() });
    expect(await system.status(join(directory, 'file'))).toMatchObject({ type: 'file', mode: 0o640 });
    expect(await system.status(join(directory, 'link'))).toMatchObject({ type: 'link' });
    expect(await system.status(join(directory, 'none'))).toBeUndefined();
    expect([...(await system.list(directory))].sort()).toEqual(['file', 'link']);
    expect(await system.list(join(directory, 'none'))).toEqual([]);
  });

  it('reads files of /proc, which have no size', async () => {
    expect(await system.readText('/proc/self/status')).toMatch(/^CapEff:/m);
  });

  it('tells the space of the nearest directory that exists, and makes none', async () => {
    const directory = temporaryDirectory();
    const space = await system.space(join(directory, 'a', 'b'));
    expect(space.at).toBe(directory);
    expect(space.bytes).toBeGreaterThan(0);
    expect(space.type).not.toBe('unknown');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('finds programs as the keeper does, and only what can be run', async () => {
    const directory = temporaryDirectory();
    const program = join(directory, 'program');
    writeFileSync(program, '#!/bin/sh\necho "$1" version 1.2\nexit 3\n', { mode: 0o755 });
    expect(await system.find(program)).toBe(program);
    expect(await system.run(program, ['my'])).toEqual({ code: 3, output: 'my version 1.2\n' });
    chmodSync(program, 0o644);
    expect(await system.find(program)).toBeUndefined();
    expect(await system.find('sh')).toMatch(/^\//);
    expect(await system.find('./program')).toBeUndefined();
    mkdirSync(join(directory, 'sub'));
    expect(await system.find(join(directory, 'sub'))).toBeUndefined();
  });

  it('tries the kernel, and finds the keeper', async () => {
    expect(await system.probeKernel()).toMatchObject({ pidfdOpen: true, tee: true });
    expect((await system.status(await system.keeper()))?.type).toBe('file');
  });

  it('knows of no containers and no shim where there is no state, and makes none', async () => {
    const root = join(temporaryDirectory(), 'root');
    expect(await system.containers(root)).toEqual([]);
    expect(await system.askShim(root, 'default')).toBeUndefined();
    expect(await system.status(root)).toBeUndefined();
  });

  it('asks a varlink service, and notices one that hangs up', async () => {
    const directory = temporaryDirectory();
    await listen(join(directory, 'good'), () => (socket) => socket.on('data', () => socket.end('{}\0')));
    await listen(join(directory, 'bad'), () => (socket) => socket.on('data', () => socket.end()));
    await expect(system.askVarlink(join(directory, 'good'))).resolves.toBeUndefined();
    await expect(system.askVarlink(join(directory, 'bad'))).rejects.toThrow('closed the connection');
    await expect(system.askVarlink(join(directory, 'none'))).rejects.toThrow('ENOENT');
  });

  it('fails for a socket whose owner does not answer', async () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, 's'));
    await listen(system.socket(root, 'default'), () => () => undefined);
    await expect(system.askShim(root, 'default')).rejects.toThrow(/answer/);
  });
});
