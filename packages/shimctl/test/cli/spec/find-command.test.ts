import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../../../src/cli/spec/find-command.js';
import { temporaryDirectory } from '../support/temporary-bundle.js';

const WHERE = { env: ['PATH=/nowhere:/usr/bin:/bin'], cwd: '/srv' };

function rootfs(): string {
  const root = temporaryDirectory();
  for (const directory of ['bin', 'srv', 'usr']) mkdirSync(join(root, directory));
  writeFileSync(join(root, 'bin/busybox'), '', { mode: 0o755 });
  writeFileSync(join(root, 'srv/run'), '', { mode: 0o755 });
  writeFileSync(join(root, 'bin/data'), '', { mode: 0o644 });
  symlinkSync('/bin', join(root, 'usr/bin'));
  symlinkSync('../../../../bin/busybox', join(root, 'bin/sh'));
  symlinkSync('/etc/passwd', join(root, 'bin/outside'));
  symlinkSync('loop', join(root, 'bin/loop'));
  return root;
}

describe('findCommand', () => {
  it.each([
    ['a file', '/bin/busybox', 'found'],
    ['a name in PATH, through a link of the container', 'busybox', 'found'],
    ['a link that climbs, which ends at its root', 'sh', 'found'],
    ['a path from the working directory', './run', 'found'],
    ['a file without the x bit', 'data', 'not executable'],
    ['a directory', '/bin', 'missing'],
    ['a name that is nowhere', 'bash', 'missing'],
    ['a link to a file that only the host has', 'outside', 'missing'],
    ['a link to itself', 'loop', 'missing'],
  ])('looks at %s as the container would', async (_title, command, expected) => {
    expect(await findCommand(rootfs(), command, WHERE)).toBe(expected);
  });
});
