import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { logDestination } from '../../src/shimd/log-destination.js';
import { shimLogger } from '../../src/shimd/shim-logger.js';
import { KnownSecrets } from '@holdfast/core';

const NO_SPACE = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

it('writes line after line', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hf-log-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'log');
  const fd = openSync(file, 'a');
  const log = logDestination(fd);
  log.write('one\n');
  log.write('two\n');
  closeSync(fd);
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
});

it('leaves out what there is no room for, and begins a line anew after one that was cut', () => {
  let room = 6;
  let text = '';
  const log = logDestination(1, (_fd, bytes) => {
    if (room === 0) throw NO_SPACE;
    const part = bytes.subarray(0, room);
    room -= part.length;
    text += part.toString();
    return part.length;
  });
  log.write('one\n');
  log.write('two\n');
  log.write('lost\n');
  room = 100;
  log.write('three\n');
  log.write('four\n');
  expect(text).toBe('one\ntw\nthree\nfour\n');
});

it('ends no process whose disk is full', () => {
  const fd = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(fd));
  const logger = shimLogger('info', new KnownSecrets(), logDestination(fd));
  expect(() => logger.fatal('something')).not.toThrow();
});
