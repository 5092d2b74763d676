import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNoProcesses } from '../support/leaks.js';
import { packAll } from '../support/packed-packages.js';
import { blocksOf, type PageBlock } from '../support/page-blocks.js';
import { serveScope, type ScopeRegistry } from '../support/scope-registry.js';

const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLE = join(ROOT, 'examples', 'writing-a-plugin');
const BLOCKS = blocksOf(readFileSync(join(ROOT, 'docs', 'writing-a-plugin.md'), 'utf8'));
const FILES = BLOCKS.filter(({ name }) => name !== '');

/** Everything happens here: the packed packages, the plugin, state, logs and containers. */
const directory = mkdtempSync(join(tmpdir(), 'hf-page-'));
const project = join(directory, 'p');
let registry: ScopeRegistry;

beforeAll(async () => {
  registry = await serveScope(await packAll(directory));
  mkdirSync(project);
  writeFileSync(join(project, '.npmrc'), `@holdfast:registry=${registry.url}\n`);
}, 120_000);

afterAll(async () => {
  registry.close();
  await expectNoProcesses(directory);
  rmSync(directory, { recursive: true });
});

/** Where state and logs are is a setting of the reader's machine. */
function environment(): Record<string, string> {
  return {
    HOLDFAST_ROOT: join(directory, 'r'),
    HOLDFAST_LOG_ROOT: join(directory, 'l'),
    HOLDFAST_SHIM_IDLE_TIMEOUT: '100ms',
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  };
}

async function execute({ text, line }: PageBlock): Promise<string> {
  const { exitCode, stdout, stderr } = await execa('sh', ['-e'], {
    cwd: project,
    input: text,
    env: environment(),
    timeout: 240_000,
    reject: false,
  });
  if (exitCode !== 0) throw new Error(`the commands at line ${line} failed with ${exitCode}:\n${stdout}\n${stderr}`);
  return stdout;
}

function filesBelow(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(path, join(entry.parentPath, entry.name)));
}

describe('docs/writing-a-plugin.md', () => {
  it('shows the files of the example, all of them, as they are', () => {
    expect(FILES.map(({ name }) => name).sort()).toEqual(filesBelow(EXAMPLE).sort());
    for (const { name, text } of FILES) expect(text, name).toBe(readFileSync(join(EXAMPLE, name), 'utf8'));
  });

  it('has no block that is neither a file, nor commands, nor their output', () => {
    const other = BLOCKS.filter(({ language, name }) => name === '' && !['sh', 'text'].includes(language));
    expect(other.map(({ line }) => `line ${line}`)).toEqual([]);
  });

  it('works from the first line to the last, in an empty directory', async () => {
    let output = '';
    for (const block of BLOCKS) {
      if (block.name !== '') {
        mkdirSync(dirname(join(project, block.name)), { recursive: true });
        writeFileSync(join(project, block.name), block.text);
      } else if (block.language === 'sh') output = await execute(block);
      else expect(output, `the output at line ${block.line}`).toContain(block.text.trim());
    }
  }, 600_000);
});
