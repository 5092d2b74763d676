import { defineConfig } from 'vitest/config';

const conditions = ['holdfast-source', 'node', 'import', 'default'];

export default defineConfig({
  oxc: { decorator: { legacy: true } },
  resolve: { conditions },
  ssr: { noExternal: [/^@holdfast\//], resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['./scripts/vitest-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
