import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const config = join(root, '.dependency-cruiser.cjs');
const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const rules = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] };

/** A tree that keeps every rule. */
const INNOCENT = {
  'packages/core/src/plugin/index.ts': 'export const contract = 1;',
  'packages/core/src/lifecycle/move.ts': "import '../plugin/index.js'; export const move = 1;",
  'packages/core/src/client/index.ts': "import '../plugin/index.js'; export const client = 1;",
  'packages/native/src/index.ts': "import 'node:fs'; export const native = 1;",
  'packages/runtime-oci/src/index.ts': "import '../../core/src/plugin/index.js';",
  'packages/runtime-runc/src/index.ts': "import '../../runtime-oci/src/index.js';",
  'packages/log-file/src/index.ts': "import '../../core/src/plugin/index.js';",
  'packages/testkit/src/index.ts':
    "import '../../core/src/plugin/index.js'; import '../../core/src/client/index.js'; import '../../native/src/index.js';",
  'packages/containerd-shim/src/index.ts': "import '../../core/src/client/index.js';",
  'packages/shimctl/src/built-ins.ts':
    "import '../../runtime-runc/src/index.js'; import '../../log-file/src/index.js';",
  'node_modules/ajv/index.js': 'module.exports = {};',
  'node_modules/ajv/package.json': '{"name":"ajv","main":"index.js"}',
};

/** For each rule files that break it, and no other. Their names differ, so that one tree can hold them all. */
const GUILTY: Record<string, Record<string, string>> = {
  'no-cycles': {
    'packages/core/src/exec/chicken.ts': "import { egg } from './egg.js'; export const chicken = () => egg;",
    'packages/core/src/exec/egg.ts': "import { chicken } from './chicken.js'; export const egg = () => chicken;",
  },
  'no-unresolvable': { 'packages/core/src/exec/lost.ts': "import './nowhere.js';" },
  'contracts-stand-alone': { 'packages/core/src/plugin/leaning.ts': "import '../lifecycle/move.js';" },
  'native-stands-alone': { 'packages/native/src/leaning.ts': "import '../../core/src/plugin/index.js';" },
  'plugins-use-contracts-only': { 'packages/log-file/src/prying.ts': "import '../../core/src/lifecycle/move.js';" },
  'plugins-are-independent': { 'packages/runtime-crun/src/borrowing.ts': "import '../../runtime-runc/src/index.js';" },
  'only-runtimes-extend-runtime-oci': { 'packages/log-file/src/astray.ts': "import '../../runtime-oci/src/index.js';" },
  'core-names-no-plugin': { 'packages/core/src/exec/naming.ts': "import '../../../log-file/src/index.js';" },
  'composition-root-names-plugins': {
    'packages/shimctl/src/cli/naming.ts': "import '../../../log-file/src/index.js';",
  },
  'front-ends-are-loaded': {
    'packages/shimctl/src/shimd/knowing.ts': "import '../../../containerd-shim/src/index.js';",
  },
  'testkit-uses-public-exports': { 'packages/testkit/src/prying.ts': "import '../../core/src/lifecycle/move.js';" },
  'testkit-is-for-tests': { 'packages/shimctl/src/testing.ts': "import '../../testkit/src/index.js';" },
  'client-is-light': {
    'packages/core/src/client/slow.ts': "import '../exec/heavy.js';",
    'packages/core/src/exec/heavy.ts': "import 'ajv';",
  },
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-rules-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function violations(files: Record<string, string>): Promise<Violation[]> {
  for (const [path, text] of Object.entries({ 'tsconfig.json': '{}', 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const report = JSON.parse(await cruise()) as { summary: { violations: Violation[] } };
  return report.summary.violations;
}

/** The report as JSON; the exit code only repeats how many violations there are. */
function cruise(): Promise<string> {
  const args = [depcruise, '--config', config, '--output-type', 'json', 'packages'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: directory, maxBuffer: 1 << 24 }, (_error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`dependency-cruiser wrote nothing: ${stderr}`));
      else resolve(stdout);
    });
  });
}

describe('the dependency rules', () => {
  test('imports in the right direction break none', async () => {
    expect(await violations(INNOCENT)).toEqual([]);
  });

  test('each rule can fail, and only for the files that break it', async () => {
    const found = await violations(Object.assign({ ...INNOCENT }, ...Object.values(GUILTY)) as Record<string, string>);
    for (const [name, files] of Object.entries(GUILTY)) {
      const broken = found.filter((violation) => violation.from in files).map((violation) => violation.rule.name);
      expect([...new Set(broken)]).toEqual([name]);
    }
    const guilty = Object.values(GUILTY).flatMap((files) => Object.keys(files));
    expect(found.filter((violation) => !guilty.includes(violation.from))).toEqual([]);
    expect(Object.keys(GUILTY).sort()).toEqual(rules.forbidden.map((rule) => rule.name).sort());
  });

  test('types may refer to each other', async () => {
    const types = {
      'packages/core/src/exec/a.ts': "import type { B } from './b.js'; export interface A { b: B }",
      'packages/core/src/exec/b.ts': "import type { A } from './a.js'; export interface B { a: A }",
    };
    expect(await violations({ ...INNOCENT, ...types })).toEqual([]);
  });
});
