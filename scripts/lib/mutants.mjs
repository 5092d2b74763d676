import { readFile } from 'node:fs/promises';

const WRITE = `    const reusable = await this.#record(new LogBatchView(batch), dropped);
    faultPoint('log-write');
`;
const CLOSED = `    // Closed meanwhile: the descriptor's number may be another file's by now.
    if (this.#closed) return reusable;
`;
const COMMIT = `    this.#source.discard(consumed);
    faultPoint('log-commit');
`;

/** Mistakes that are built into a shimd of its own, so that what should notice them can be tried: `from` becomes `to`. */
export const MUTANTS = {
  /** Output leaves the FIFO before it has been written. */
  'commit-first': {
    file: /core\/src\/stdio\/output-pump\.ts$/,
    from: WRITE + CLOSED + COMMIT,
    to: COMMIT + WRITE + CLOSED,
  },
};

/** A plugin for esbuild that makes the mistake. The build fails where the source is no longer what it was. */
export function mutation(name) {
  const { file, from, to } = MUTANTS[name];
  return {
    name: `mutant-${name}`,
    setup(build) {
      build.onLoad({ filter: file }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        if (!source.includes(from))
          throw new Error(`the mutant ${name} does not fit ${path}: change scripts/lib/mutants.mjs`);
        return { contents: source.replace(from, () => to), loader: 'ts' };
      });
    },
  };
}
