import { closeSync, writeSync } from 'node:fs';
import { readFile, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileLane, LogDriver } from '@holdfast/core/plugin';
import { native, type NativeLane, type NativeMover } from '@holdfast/native';
import { LogDriverHost, textBatch } from '@holdfast/testkit';
import plugin from '../src/index.js';
import type { FileOptions } from '../src/options/schema.js';
import { mountTmpfs } from './support/tmpfs.js';

const NEVER = new AbortController().signal;
const HEAD = /^\S{29}(?:Z|\+00:00) stdout /gm;
const DEFAULTS: FileOptions = {
  sync: 'never',
  format: 'cri',
  maxSize: -1,
  maxFiles: 50,
  compress: false,
  mode: '0640',
};

describe('records that a lane moves from a pipe', () => {
  let host: LogDriverHost;
  let lane: NativeLane;
  let pipe: [number, number];
  let mover: NativeMover;
  const drivers: LogDriver[] = [];
  beforeEach(async () => {
    host = await LogDriverHost.open();
    lane = new native.Lane();
    pipe = native.pipe(true);
    native.setPipeSize(pipe[1], 1 << 20);
    mover = new native.Mover(pipe[0], 'stdout', 16_384);
  });
  afterEach(async () => {
    for (const driver of drivers.splice(0)) await driver.close('deleted', NEVER);
    mover.close();
    for (const fd of pipe) closeSync(fd);
    lane.stop();
    await host.close();
  });

  async function make(path: string, options: Partial<FileOptions> = {}): Promise<LogDriver> {
    const context = host.context({ lane: (): FileLane => lane });
    const driver = plugin.create(context, { ...DEFAULTS, path, ...options });
    drivers.push(driver);
    await driver.open?.(NEVER);
    return driver;
  }

  /** As the host does: what can't be moved is written. */
  async function pass(driver: LogDriver, lines: readonly string[]): Promise<void> {
    for (let done = 0; done < lines.length;) {
      const moved = await driver.direct?.(mover);
      done += moved?.records ?? 0;
      if ((moved?.records ?? 0) > 0 || done === lines.length) continue;
      await driver.write(textBatch([lines[done]!]));
      native.discard(pipe[0], lines[done]!.length);
      done += 1;
    }
  }

  /** What all files of a log hold, times apart. */
  async function files(path: string): Promise<string[]> {
    const directory = join(path, '..');
    const names = (await readdir(directory)).filter((name) => name.startsWith('log')).sort();
    return Promise.all(
      names.map(async (name) => `${name}\n${(await readFile(join(directory, name), 'latin1')).replace(HEAD, '')}`),
    );
  }

  it.each(['cri', 'k8s-file', 'raw'] as const)(
    'are the same %s files, rotated at the same places, as if they were written',
    async (format) => {
      const lines = Array.from({ length: 400 }, (_, i) => `${i} ${'x'.repeat((i * 37) % 150)}\n`);
      const moved = await make(join(host.directory, 'a', 'log'), { format, maxSize: 2000 });
      const written = await make(join(host.directory, 'b', 'log'), { format, maxSize: 2000 });
      writeSync(pipe[1], lines.join(''));
      await pass(moved, lines);
      for (const line of lines) await written.write(textBatch([line]));
      const expected = await files(join(host.directory, 'b', 'log'));
      expect(await files(join(host.directory, 'a', 'log'))).toEqual(expected);
      expect(expected.length).toBeGreaterThan(10);
    },
  );

  it.each([
    ['cri', 'Z'],
    ['k8s-file', '+00:00'],
  ] as const)('have the times of the format %s', async (format, zone) => {
    const path = join(host.directory, 'log');
    const driver = await make(path, { format });
    writeSync(pipe[1], 'one\n');
    expect(await driver.direct?.(mover)).toEqual(expect.objectContaining({ records: 1 }));
    expect((await readFile(path, 'latin1')).slice(29)).toBe(`${zone} stdout F one\n`);
  });

  it('are no more than may be written in all', async () => {
    const path = join(host.directory, 'log');
    const driver = await make(path, { format: 'k8s-file', maxWritten: 120 });
    writeSync(pipe[1], 'one\ntwo\nthree\nfour\n');
    expect(await driver.direct?.(mover)).toEqual(expect.objectContaining({ records: 2 }));
    expect(await driver.direct?.(mover)).toEqual(expect.objectContaining({ records: 0 }));
  });

  it('stay in the pipe when the disk is full, leave no torn line, and are moved when there is space again', async () => {
    const mount = await mountTmpfs('size=256k');
    try {
      const filler = join(mount.directory, 'filler');
      await writeFile(filler, Buffer.alloc(100 << 10));
      const path = join(mount.directory, 'log');
      const driver = await make(path);
      const line = `${'x'.repeat(1000)}\n`;
      writeSync(pipe[1], line.repeat(200));
      expect(await driver.direct?.(mover)).toMatchObject({ bytes: 0, records: 0 });
      expect([await readFile(path, 'latin1'), native.pipeBytes(pipe[0])]).toEqual(['', 200 * line.length]);
      await unlink(filler);
      expect(await driver.direct?.(mover)).toMatchObject({ records: 200 });
      expect((await readFile(path, 'latin1')).replace(HEAD, '')).toBe(`F ${line}`.repeat(200));
    } finally {
      await drivers.pop()?.close('deleted', NEVER);
      await mount.unmount();
    }
  });

  it('are not thought of with a format that changes them', async () => {
    expect((await make(join(host.directory, 'log'), { format: 'json' })).direct).toBeUndefined();
  });
});
