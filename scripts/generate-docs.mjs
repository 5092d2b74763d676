// Writes docs/config.md, docs/errors.md, docs/openapi.json, the table of docs/metrics.md and that of commands in packages/shimctl/README.md from the built packages. --check: writes nothing, fails if a page is out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint, ROOT, runMain } from './lib/run.mjs';
import { configPage } from './lib/docs/config-page.mjs';
import { errorsPage } from './lib/docs/errors-page.mjs';
import { commandTable, withTable } from './lib/docs/command-table.mjs';
import { importBuilt } from './lib/docs/import-built.mjs';
import { METRICS_MARKS, metricsTable } from './lib/docs/metrics-table.mjs';
import { openapi } from './lib/docs/openapi.mjs';

await runMain(async (args) => {
  const [config, plugin, api, shimctl, program] = await Promise.all([
    importBuilt('core/dist/config/index.js'),
    importBuilt('core/dist/plugin/index.js'),
    importBuilt('core/dist/api/index.js'),
    importBuilt('shimctl/dist/built-ins.js'),
    importBuilt('shimctl/dist/cli/program.js'),
  ]);
  const definitions = shimctl.BUILT_INS.map(({ definition }) => definition);
  const pages = {
    'docs/config.md': configPage({
      schema: config.configSchema,
      definitions,
      variables: config.ENV_SETTINGS,
    }),
    'docs/errors.md': errorsPage(plugin.ERROR_CODES),
    'docs/openapi.json': JSON.stringify(
      openapi({
        prefix: api.API_PREFIX,
        version: String(api.API_VERSION),
        operations: api.OPERATIONS,
        requests: api.REQUEST_SCHEMAS,
        answers: api.ANSWER_SCHEMAS,
        errors: plugin.ERROR_CODES,
      }),
    ),
  };
  const readme = 'packages/shimctl/README.md';
  pages[readme] = withTable(await readFile(join(ROOT, readme), 'utf8'), commandTable(program.buildProgram));
  const metrics = 'docs/metrics.md';
  const metricsPage = await readFile(join(ROOT, metrics), 'utf8');
  pages[metrics] = withTable(metricsPage, metricsTable(api.METRICS), METRICS_MARKS);
  const stale = [];
  for (const [name, text] of Object.entries(pages)) {
    const path = join(ROOT, name);
    const wanted = await formatted(path, text);
    if ((await readFile(path, 'utf8').catch(() => '')) === wanted) continue;
    if (!args.includes('--check')) await writeFile(path, wanted);
    stale.push(name);
  }
  if (!args.includes('--check')) console.log(stale.length === 0 ? 'nothing to write' : `wrote ${stale.join(', ')}`);
  else if (stale.length > 0)
    throw new Complaint(`out of date: ${stale.join(', ')}; run node scripts/generate-docs.mjs`);
});

async function formatted(path, text) {
  const prettier = await import('prettier');
  return prettier.format(text, { ...(await prettier.resolveConfig(path)), filepath: path });
}
