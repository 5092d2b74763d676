import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundle } from './support/bundle.js';

test('the client loads nothing heavy: Node itself and a handful of our own files, the addon only when it starts a keeper', async () => {
  const { metafile, remove } = await bundle(fileURLToPath(new URL('../../src/client/index.ts', import.meta.url)), [
    '@holdfast/native',
  ]);
  try {
    const outside = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external }) => external === true);
    const eager = new Set(
      outside.filter(({ kind }) => kind !== 'dynamic-import').map(({ path }) => path.split(':')[0]),
    );
    expect([...eager]).toEqual(['node']);
    expect(new Set(outside.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path))).toEqual(
      new Set(['@holdfast/native']),
    );
    const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
    expect(bytes).toBeLessThan(125_000);
  } finally {
    remove();
  }
});
