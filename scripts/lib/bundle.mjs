import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { mutation } from './mutants.mjs';
import { precompiledValidators } from './precompiled-plugin.mjs';
import { ROOT } from './run.mjs';

const PACKAGES = join(ROOT, 'packages');
const PACKAGE = join(PACKAGES, 'shimctl');
const MODULE_URL = '__holdfastModuleUrl';
const BANNER = `const ${MODULE_URL} = require('node:url').pathToFileURL(__filename).href;`;

/**
 * Bundles an entry of a package and all it needs to one CommonJS file (which loads faster than ESM); `import()` of plugins
 * stays what it is, and native files are found at run time.
 *
 * @param {object} options
 * @param {string} [options.of] name of the directory of the package
 * @param {string} options.entry relative to the package, as `output`
 * @param {string} options.output
 * @param {boolean} [options.executable] starts with `#!` and has mode 0755
 * @param {boolean} [options.faults] fault points are alive
 * @param {string} [options.mutant] name of a mistake to build in, see mutants.mjs
 */
export async function bundle({ of = 'shimctl', entry, output, executable = false, faults = false, mutant }) {
  const entryPath = join(PACKAGES, of, entry);
  const outputPath = join(PACKAGES, of, output);
  const hasHashbang = (await readFile(entryPath, 'utf8')).startsWith('#!');
  const result = await build({
    ...settings(faults, mutant),
    entryPoints: [entryPath],
    outfile: outputPath,
    banner: { js: executable && !hasHashbang ? `#!/usr/bin/env node\n${BANNER}` : BANNER },
  });
  await mkdir(dirname(outputPath), { recursive: true });
  for (const file of result.outputFiles) {
    await replaceFile(file.path, file.contents, executable && file.path === outputPath ? 0o755 : 0o644);
  }
}

function settings(faults, mutant) {
  return {
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    conditions: ['holdfast-source'],
    // The "main" of some packages is UMD, whose require() a bundler can't follow.
    mainFields: ['module', 'main'],
    define: { 'import.meta.url': MODULE_URL, HOLDFAST_FAULTS: String(faults) },
    minifySyntax: true,
    // V8 keeps the text for as long as the process lives, comments too. Names stay, and lines are short, for stack traces.
    minifyWhitespace: true,
    lineLimit: 200,
    plugins: [precompiledValidators, yamlBeside, ...(mutant === undefined ? [] : [mutation(mutant)])],
    // Loaded only for a third party's plugin, whose schema must be compiled.
    external: ['ajv/dist/2020.js', 'ajv-formats'],
    sourcemap: 'external',
    legalComments: 'external',
    logLevel: 'warning',
  };
}

/** YAML's parser is a file of its own beside the bundles: Node would read it with every command otherwise. */
const yamlBeside = {
  name: 'yaml-beside',
  setup(build) {
    build.onResolve({ filter: /^yaml$/ }, () => ({ path: './yaml.cjs', external: true }));
  },
};

/** Makes the file that the bundles load for a YAML config. */
export async function bundleYaml(output) {
  const result = await build({
    stdin: { contents: "module.exports = require('yaml');", resolveDir: join(ROOT, 'packages/core') },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'external',
    logLevel: 'warning',
    outfile: join(PACKAGE, output),
  });
  await mkdir(dirname(join(PACKAGE, output)), { recursive: true });
  for (const file of result.outputFiles) await replaceFile(file.path, file.contents, 0o644);
}

/** By rename: a shimd that is started in this moment reads the old file or the new one. */
async function replaceFile(path, contents, mode) {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  await writeFile(temporary, contents);
  await chmod(temporary, mode);
  await rename(temporary, path);
}
