import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const PROCESS = {
  terminal: true,
  consoleSize: { height: 10, width: 20 },
  user: { uid: 5, gid: 6, additionalGids: [7] },
  args: ['init'],
  env: ['PATH=/bin', 'LANG=C'],
  cwd: '/srv',
  noNewPrivileges: true,
  rlimits: [{ type: 'RLIMIT_NOFILE', hard: 64, soft: 64 }],
  capabilities: { bounding: ['CAP_KILL'] },
};

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A bundle with a rootfs that has /etc/passwd and /etc/group; `spec` replaces its config.json. */
export function temporaryBundle(spec: unknown = { root: { path: 'rootfs' }, process: PROCESS }): string {
  const bundle = temporaryDirectory();
  const etc = join(bundle, 'rootfs', 'etc');
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n# comment\nwww:x:33:34::/var/www:/bin/false\n');
  writeFileSync(join(etc, 'group'), 'root:x:0:\nwww:x:34:\nlogs:x:50:root,www\naudio:x:51:www\nother:x:52:wwwx\n');
  writeFileSync(join(bundle, 'config.json'), typeof spec === 'string' ? spec : JSON.stringify(spec));
  return bundle;
}
