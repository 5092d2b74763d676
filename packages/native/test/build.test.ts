import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { keeperPath } from '@holdfast/native';
import { build } from '../build.mjs';

const run = promisify(execFile);
const PT_LOAD = 1;
const PT_INTERP = 3;
const script = fileURLToPath(new URL('../build.mjs', import.meta.url));

describe('build', () => {
  it('leaves what is up to date alone', () => {
    const { addon, keeper } = build();
    const times = [addon, keeper].map((path) => statSync(path).mtimeMs);
    expect(build().built).toEqual([]);
    expect([addon, keeper].map((path) => statSync(path).mtimeMs)).toEqual(times);
  });

  it('puts the binaries where the package looks for them', () => {
    const { addon, keeper } = build();
    expect(keeperPath()).toBe(keeper);
    expect(existsSync(addon)).toBe(true);
    expect(Object.keys(createRequire(import.meta.url)(addon) as object)).toContain('peek');
  });

  it('links the keeper without any library', () => {
    const elf = readFileSync(build().keeper);
    const [start, size, count] = [Number(elf.readBigUInt64LE(0x20)), elf.readUInt16LE(0x36), elf.readUInt16LE(0x38)];
    const types = Array.from({ length: count }, (_, index) => elf.readUInt32LE(start + index * size));
    expect(types).toContain(PT_LOAD);
    expect(types).not.toContain(PT_INTERP);
  });

  it('names the packages to install when there is no compiler', async () => {
    // A fresh copy of everything, so that something is to be built.
    const code = `
      const { cpSync, mkdtempSync, rmSync, symlinkSync } = require('node:fs');
      const { dirname, join } = require('node:path');
      const { tmpdir } = require('node:os');
      const copy = mkdtempSync(join(tmpdir(), 'holdfast-native-'));
      const from = dirname(${JSON.stringify(script)});
      cpSync(join(from, 'native'), join(copy, 'native'), { recursive: true });
      cpSync(${JSON.stringify(script)}, join(copy, 'build.mjs'));
      symlinkSync(join(from, '../../node_modules'), join(copy, 'node_modules'));
      import(join(copy, 'build.mjs'))
        .then(({ build }) => build())
        .catch((error) => console.log(error.message))
        .finally(() => rmSync(copy, { recursive: true }));
    `;
    const { stdout } = await run(process.execPath, ['-e', code], { env: { PATH: '/nowhere' } });
    expect(stdout.trim()).toBe(
      'No C compiler found: `cc` is not in PATH. On Debian or Ubuntu: apt-get install gcc libc6-dev',
    );
  });
});
