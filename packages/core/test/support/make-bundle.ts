import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bundle whose spec is the smallest that is valid, with `more` laid over it. Returns its directory. */
export function makeBundle(directory: string, more: Record<string, unknown> = {}): string {
  mkdirSync(join(directory, 'rootfs'), { recursive: true });
  const spec = {
    ociVersion: '1.0.2',
    process: { args: ['sh'], cwd: '/', env: ['PATH=/bin'] },
    root: { path: 'rootfs' },
    linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }] },
    ...more,
  };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(spec));
  return directory;
}
