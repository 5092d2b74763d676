import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FrontEndHost } from '../../src/front-end/front-end.js';
import { FrontEnds } from '../../src/front-end/front-ends.js';
import type { LaunchHandler } from '../../src/launch/launch.js';
import type { StandingLaunchHandler } from '../../src/launch/standing-launch.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const HOST = { group: 'g1' } as Omit<FrontEndHost, 'onLaunch'>;
const SERVE = 'serve: async () => ({ busy: false, leave: async () => undefined })';
const logger = new QuietLogger();

function moduleOf(source: string, name = 'front.mjs'): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, source);
  return path;
}

const front = (fields: string, name = 'mine'): string =>
  moduleOf(`export default { name: '${name}', apiVersion: 1, ${fields} };`);

function load(...paths: string[]): Promise<FrontEnds> {
  return FrontEnds.load(paths, logger);
}

describe('loading front ends', () => {
  it('takes those of two modules', async () => {
    await expect(load(front(SERVE), front(SERVE, 'other'))).resolves.toBeInstanceOf(FrontEnds);
  });

  it.each([
    ['no default export', 'export const a = 1;', 'no object as its default export'],
    ['no name', `export default { apiVersion: 1, ${SERVE} };`, '"name"'],
    ['a name with a slash', `export default { name: 'a/b', apiVersion: 1, ${SERVE} };`, '"name"'],
    ['another version', `export default { name: 'a', apiVersion: 2, ${SERVE} };`, '"apiVersion" is 2, not 1'],
    ['nothing to call', "export default { name: 'a', apiVersion: 1 };", '"serve"'],
    ['an error of its own', "throw new Error('broken inside');", 'broken inside'],
  ])('refuses a module with %s', async (_what, source, why) => {
    const path = moduleOf(source);
    const error: unknown = await load(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SHIM_FRONT_END', where: path });
    expect((error as Error).message).toContain(why);
  });

  it('refuses what is not there, and two of one name', async () => {
    await expect(load('/no/such/front-end.mjs')).rejects.toMatchObject({ code: 'SHIM_FRONT_END' });
    await expect(load(front(SERVE), front(SERVE))).rejects.toThrow('another with the name "mine"');
  });

  it('refuses a module that others could write, or that lies where they could put another, before it runs', async () => {
    const directory = temporaryDirectory();
    const open = join(directory, 'open');
    mkdirSync(open);
    const path = join(open, 'front.mjs');
    writeFileSync(path, "globalThis.ran = true; throw new Error('it ran');");
    chmodSync(open, 0o777);
    const link = join(directory, 'link.mjs');
    symlinkSync(path, link);
    for (const each of [path, link]) {
      await expect(load(each)).rejects.toMatchObject({ code: 'SHIM_FRONT_END', remedy: `chmod go-w ${open}` });
    }
    chmodSync(open, 0o755);
    chmodSync(path, 0o666);
    await expect(load(path)).rejects.toMatchObject({ code: 'SHIM_FRONT_END', remedy: `chmod go-w ${path}` });
    expect(globalThis).not.toHaveProperty('ran');
  });
});

const NO_LAUNCHES = { handle: () => undefined, handleStanding: () => undefined };

describe('front ends that serve', () => {
  it('get the host, and have launches of their own name', async () => {
    const handled = new Map<string, LaunchHandler>();
    const standing = new Map<string, StandingLaunchHandler>();
    const fronts = await load(
      front(
        'serve: async (host) => { host.onLaunch(async () => 7); host.onStandingLaunch(async () => ({ code: 8, hurried: false })); return { busy: host.group === "g1", leave: async () => undefined }; }',
      ),
    );
    await fronts.serve(HOST, {
      handle: (kind, handler) => void handled.set(kind, handler),
      handleStanding: (kind, handler) => void standing.set(kind, handler),
    });
    expect(fronts.busy).toBe(true);
    await expect(handled.get('mine')?.({} as never)).resolves.toBe(7);
    await expect(standing.get('mine')?.({} as never)).resolves.toMatchObject({ code: 8 });
  });

  it('fail by name if they throw, or return nothing', async () => {
    const throwing = await load(front("serve: async () => { throw new Error('no socket'); }"));
    await expect(throwing.serve(HOST, NO_LAUNCHES)).rejects.toMatchObject({
      code: 'SHIM_FRONT_END',
      message: 'the front end "mine" can\'t be used: no socket',
    });
    const silent = await load(front('serve: async () => undefined'));
    await expect(silent.serve(HOST, NO_LAUNCHES)).rejects.toThrow('no session');
  });

  it('fail by name if they do not serve in time', async () => {
    const hanging = await load(front('serve: () => new Promise(() => undefined)'));
    await expect(hanging.serve(HOST, NO_LAUNCHES, 10)).rejects.toMatchObject({
      code: 'SHIM_FRONT_END',
      message: 'the front end "mine" can\'t be used: its "serve" has not come to serve within 0.01 s',
    });
  });

  it('are told why they leave; one that throws or hangs holds up nobody for long', async () => {
    const source = (name: string, leave: string): string =>
      front(`serve: async () => ({ busy: false, leave: ${leave} })`, name);
    const fronts = await load(
      source('good', 'async (reason) => { globalThis.left = reason; }'),
      source('bad', '() => { throw new Error("no"); }'),
      source('slow', '() => new Promise(() => undefined)'),
    );
    await fronts.serve(HOST, NO_LAUNCHES);
    await fronts.leave('upgrade', 10);
    expect((globalThis as { left?: string }).left).toBe('upgrade');
    expect(logger.lines).toEqual([
      'error: a front end did not come to rest',
      'warn: a front end did not come to rest in time',
    ]);
  });
});
