import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native, type NativeLane } from '@holdfast/native';
import { expect, onTestFinished, test } from 'vitest';
import { removeEmptyLogs, removeLogs } from '../../src/logging/log-directory.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const REF = { namespace: 'ns', id: 'c1' };

function lane(): NativeLane {
  const made = new native.Lane();
  onTestFinished(() => made.stop());
  return made;
}

function logs(): { root: string; directory: string } {
  const root = temporaryDirectory();
  const directory = join(root, 'ns', 'c1');
  mkdirSync(directory, { recursive: true });
  return { root, directory };
}

test('a default log directory goes with its container, the namespace with its last', async () => {
  const { root, directory } = logs();
  writeFileSync(join(directory, 'log'), 'text');
  mkdirSync(join(directory, '.queue-x', 'deeper'), { recursive: true });
  writeFileSync(join(directory, '.queue-x', 'deeper', '1'), 'text');
  await removeLogs(directory, REF, lane());
  expect(readdirSync(root)).toEqual([]);
});

test("another container's logs keep the namespace, and a directory of another form is somebody else's", async () => {
  const { root, directory } = logs();
  mkdirSync(join(root, 'ns', 'c2'));
  await removeLogs(directory, REF, lane());
  await removeLogs(join(root, 'ns', 'c2'), REF, lane());
  await removeLogs(root, REF, lane());
  expect(readdirSync(join(root, 'ns'))).toEqual(['c2']);
});

test('a link in the place of the directory loses nothing but itself', async () => {
  const { root, directory } = logs();
  mkdirSync(join(root, 'other'));
  writeFileSync(join(root, 'other', 'file'), 'text');
  symlinkSync(join(root, 'other'), join(directory, 'link'));
  await removeLogs(directory, REF, lane());
  expect(existsSync(join(root, 'other', 'file'))).toBe(true);
});

test('after a failed create empty files go', async () => {
  const { root, directory } = logs();
  writeFileSync(join(directory, 'empty'), '');
  await removeEmptyLogs(directory, REF, lane());
  expect(readdirSync(root)).toEqual([]);
});

test('after a failed create the logs of another container stay, also one that is empty yet', async () => {
  const { directory } = logs();
  writeFileSync(join(directory, 'container.log'), '');
  writeFileSync(join(directory, '.container.log.lock'), 'somebody');
  await removeEmptyLogs(directory, REF, lane());
  expect(readdirSync(directory).sort()).toEqual(['.container.log.lock', 'container.log']);
});

test.each([removeLogs, removeEmptyLogs])(
  'the part of a state root goes with its last container, and nothing else',
  async (remove) => {
    const root = temporaryDirectory();
    const place = (tag: string): string => join(root, tag, 'ns', 'c1');
    for (const tag of ['@0123abcd', 'theirs', '@0123']) {
      mkdirSync(place(tag), { recursive: true });
      await remove(place(tag), REF, lane());
    }
    expect(readdirSync(root).sort()).toEqual(['@0123', 'theirs']);
    mkdirSync(place('@0123abcd'), { recursive: true });
    mkdirSync(join(root, '@0123abcd', 'other', 'c2'), { recursive: true });
    await remove(place('@0123abcd'), REF, lane());
    expect(readdirSync(join(root, '@0123abcd'))).toEqual(['other']);
  },
);
