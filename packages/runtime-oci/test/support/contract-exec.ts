import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Playground } from './playground.js';

/** exec, and how it fails. */
export function describeExec(playground: () => Playground): void {
  it('starts a further process with its own stdio', async () => {
    const id = await playground().running();
    const request = await playground().execRequest(id, ['sh', '-c', 'echo from exec; exec sleep 1000']);
    const { pid } = await playground().runtime.exec(id, request, await playground().stdio('exec'));
    expect(await playground().untilOutput('exec', 'exec')).toBe('from exec\n');
    expect((await readFile(`/proc/${pid}/cmdline`)).toString()).toBe('sleep\0' + '1000\0');
    expect(await playground().untilOutput(id, '')).toBe('');
  });

  it.each([
    ['a command that is not there', 'nosuch', 'SHIM_COMMAND_NOT_FOUND'],
    ['a path that is not there', '/bin/nosuch', 'SHIM_COMMAND_NOT_FOUND'],
    ['a file that is not executable', '/bin/plain', 'SHIM_COMMAND_PERMISSION'],
    ['a directory', '/bin', 'SHIM_COMMAND_PERMISSION'],
  ])('refuses to exec %s', async (_title, command, code) => {
    const id = await playground().running();
    const request = await playground().execRequest(id, [command]);
    const io = await playground().stdio('exec');
    await expect(playground().runtime.exec(id, request, io)).rejects.toMatchObject({ code });
    expect(await playground().runtime.state(id)).toMatchObject({ status: 'running' });
  });

  it('refuses to exec in a container that has stopped', async () => {
    const id = await playground().stopped();
    const request = await playground().execRequest(id, ['true']);
    const io = await playground().stdio('exec');
    await expect(playground().runtime.exec(id, request, io)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  });

  it('refuses to exec in a container that is paused', async () => {
    const id = await playground().running();
    await playground().runtime.pause?.(id);
    const request = await playground().execRequest(id, ['true']);
    const io = await playground().stdio('exec');
    await expect(playground().runtime.exec(id, request, io)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  });
}
