import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

describe('mapFile', () => {
  const temp = useTempDirectory();

  it('makes a file of its own that holds what is written to the memory, and gives it back', () => {
    const path = temp.path('mapped');
    const numbers = new Float64Array(native.mapFile(path, 64));
    expect([...numbers]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    numbers[3] = 42;
    expect(readFileSync(path).readDoubleLE(24)).toBe(42);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = new Float64Array(native.mapFile(path, 128));
    expect([again.length, again[3], again[15]]).toEqual([16, 42, 0]);
    again[3] = 43;
    expect(numbers[3]).toBe(43);
  });

  it('outlives a process that is killed', () => {
    const path = temp.path('mapped');
    const script = `const { native } = require(${JSON.stringify('@holdfast/native')});
      new Float64Array(native.mapFile(process.argv[1], 16))[1] = 7;
      process.kill(process.pid, 'SIGKILL');`;
    expect(() => execFileSync(process.execPath, ['-e', script, path], { stdio: 'ignore' })).toThrow(
      expect.objectContaining({ signal: 'SIGKILL' }),
    );
    expect(readFileSync(path).readDoubleLE(8)).toBe(7);
  });

  it('keeps no descriptor, and what is longer stays so', () => {
    writeFileSync(temp.path('long'), Buffer.alloc(100));
    truncateSync(temp.path('long'), 100);
    expect(native.mapFile(temp.path('long'), 16).byteLength).toBe(16);
    expect(statSync(temp.path('long')).size).toBe(100);
  });

  it('refuses links, what is no file, and sizes that make no sense', () => {
    writeFileSync(temp.path('file'), '');
    symlinkSync(temp.path('file'), temp.path('link'));
    mkdirSync(temp.path('directory'));
    native.mkfifo(temp.path('fifo'), 0o600);
    const failing = (path: string, bytes: number): string => {
      try {
        native.mapFile(path, bytes);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? '';
      }
      return 'none';
    };
    expect(failing(temp.path('link'), 16)).toBe('ELOOP');
    expect(failing(temp.path('directory'), 16)).toBe('EISDIR');
    expect(failing(temp.path('fifo'), 16)).toBe('EINVAL');
    expect(failing(temp.path('file'), 0)).toBe('EINVAL');
    expect(failing(temp.path('file'), 2 ** 20 + 1)).toBe('EINVAL');
    expect(failing(temp.path('missing/file'), 16)).toBe('ENOENT');
    expect(() => native.mapFile(temp.path('file'), -1)).toThrow(TypeError);
  });
});
