import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['holdfast-source', 'node', 'import', 'default'];

/** Vitest would leave one processor to itself, which has little to do: most tests wait for other processes. */
const WORKERS = Math.max(2, availableParallelism());

/** What looks at how long something takes, or at how much of the machine it gets; a containerd has 100 ms to call the shim it has started, a podman waits 5 s for an exit file. */
const ALONE = [
  'packages/log-journald/test/failures.test.ts',
  'packages/native/test/keeper/{relay-load,relay-starved,shimd}.test.ts',
  'test/e2e/conmon/podman.test.ts',
  'test/e2e/containerd/*.test.ts',
  'test/e2e/{soak,stats}.test.ts',
  'test/packages/*.test.ts',
];

export default defineConfig({
  oxc: { decorator: { legacy: true } },
  resolve: { conditions },
  ssr: { noExternal: [/^@holdfast\//], resolve: { conditions, externalConditions: conditions } },
  test: {
    setupFiles: ['./scripts/vitest-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
