import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

describe('replaceFile', () => {
  const temp = useTempDirectory();

  it('puts a file where nothing was, and where one was, and leaves no draft', () => {
    const path = temp.path('replaced');
    for (const text of ['first', 'second']) {
      writeFileSync(temp.path('draft'), text);
      const { ino } = statSync(temp.path('draft'));
      native.replaceFile(path, temp.path('draft'));
      expect(readFileSync(path, 'utf8')).toBe(text);
      expect(statSync(path).ino).toBe(ino);
    }
    expect(readdirSync(temp.path('.'))).not.toContain('draft');
  });

  it('takes the place of a symbolic link and follows none', () => {
    writeFileSync(temp.path('victim'), 'precious');
    symlinkSync(temp.path('victim'), temp.path('link'));
    writeFileSync(temp.path('draft'), 'new');
    native.replaceFile(temp.path('link'), temp.path('draft'));
    expect(lstatSync(temp.path('link')).isFile()).toBe(true);
    expect(readFileSync(temp.path('victim'), 'utf8')).toBe('precious');
  });

  it('leaves both as they are where a directory is, and where there is no draft', () => {
    mkdirSync(temp.path('taken'));
    writeFileSync(temp.path('draft'), 'new');
    expect(() => native.replaceFile(temp.path('taken'), temp.path('draft'))).toThrow(
      expect.objectContaining({ code: 'EISDIR', syscall: 'rename', path: temp.path('taken') }),
    );
    expect(statSync(temp.path('taken')).isDirectory()).toBe(true);
    expect(readFileSync(temp.path('draft'), 'utf8')).toBe('new');
    expect(() => native.replaceFile(temp.path('draft'), temp.path('missing'))).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
    expect(readFileSync(temp.path('draft'), 'utf8')).toBe('new');
  });
});
