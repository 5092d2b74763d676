import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const CACHE = fileURLToPath(new URL('../../../../../node_modules/.cache', import.meta.url));

export interface Bundle {
  readonly file: string;
  readonly metafile: Metafile;
  readonly remove: () => void;
}

/** Bundles a TypeScript file so that a plain `node` runs it, where it finds @holdfast/native's binaries. */
export async function bundle(entry: string, external: string[] = []): Promise<Bundle> {
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(CACHE, 'holdfast-client-'));
  const file = join(directory, 'bundle.mjs');
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: file,
    external,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['holdfast-source'],
    logLevel: 'error',
  });
  return { file, metafile, remove: () => rmSync(directory, { recursive: true }) };
}
