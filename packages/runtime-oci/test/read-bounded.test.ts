import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPidFile } from '../src/pid-file.js';
import { readBounded } from '../src/read-bounded.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-oci-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function fileOf(content: string): Promise<string> {
  const path = join(directory, 'file');
  await writeFile(path, content);
  return path;
}

describe('readBounded', () => {
  it('reads the end of a file that is too long', async () => {
    expect(readBounded(await fileOf('0123456789'), 4)?.toString()).toBe('6789');
  });

  it('follows no symbolic link', async () => {
    await symlink(await fileOf('secret'), join(directory, 'link'));
    expect(readBounded(join(directory, 'link'), 64)).toBeUndefined();
  });

  it('does not wait for the writer of a FIFO', async () => {
    await promisify(execFile)('mkfifo', [join(directory, 'fifo')]);
    expect(readBounded(join(directory, 'fifo'), 64)).toBeUndefined();
  });

  it('knows a file that is not there', async () => {
    expect(readBounded(join(directory, 'nosuch'), 64)).toBeUndefined();
  });

  it('passes other errors on', async () => {
    const path = join(await fileOf(''), 'below');
    expect(() => readBounded(path, 64)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });
});

describe('readPidFile', () => {
  it.each([
    ['4087', 4087],
    ['4087\n', 4087],
    ['4194304', 4_194_304],
  ])('reads %j', async (content, pid) => {
    expect(readPidFile(await fileOf(content))).toBe(pid);
  });

  it.each(['', '\n', '0', '1', '-5', '+5', '05', '4194305', '12x', '1e3', '0x10', '1 2', '99999999999', 'null'])(
    'refuses %j',
    async (content) => {
      expect(readPidFile(await fileOf(content))).toBeUndefined();
    },
  );
});
