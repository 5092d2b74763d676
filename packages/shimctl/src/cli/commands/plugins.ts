import type { ConfiguredPlugin } from '@holdfast/core/config';
import { didYouMean } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import type { CommandContext } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { addGlobalOptions } from '../global-options.js';
import { escapeControls } from '../output/escape.js';
import { optionRows } from '../output/option-rows.js';
import { formatTable } from '../output/table.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl plugins`. */
export function addPlugins(host: CommandHost): void {
  const plugins = host.program
    .command('plugins')
    .description('show the runtimes and log drivers that can be used')
    .addHelpText(
      'after',
      examples('shimctl plugins list', 'shimctl plugins info file', 'shimctl --json plugins info runc'),
    );
  addGlobalOptions(plugins, true);
  host.bind<object>(
    plugins.command('list').alias('ls').description('list the built-in plugins and those that the config names'),
    list,
  );
  host.bind<object>(
    plugins
      .command('info')
      .description('show where a plugin comes from and what its options are')
      .argument('<name>', 'short name, or as the config names it'),
    info,
  );
}

const list: Handler<object> = async (context) => {
  const plugins = await (await context.config()).plugins();
  if (context.output.json) await context.output.writeJson(plugins.map(withoutSchema));
  else await context.output.write(formatTable(HEAD, plugins.map(toRow), context.output.colours));
  return finish(context, plugins);
};

const HEAD = ['NAME', 'KIND', 'VERSION', 'API', 'SOURCE', 'PATH'];

function toRow({ name, kind, version, apiVersion, source, path, error }: ConfiguredPlugin): string[] {
  const shown = error === null ? (path ?? '-') : `error: ${error.code}`;
  return [name, kind ?? '?', version ?? '-', apiVersion === null ? '-' : String(apiVersion), source, shown];
}

/** It is large, and `info` shows it. */
function withoutSchema({ optionsSchema: _schema, ...rest }: ConfiguredPlugin): Omit<ConfiguredPlugin, 'optionsSchema'> {
  return rest;
}

const info: Handler<object> = async (context, [name]) => {
  const plugins = await (await context.config()).plugins();
  const found = plugins.filter((plugin) => plugin.name === name || plugin.path === name || plugin.package === name);
  if (found.length === 0) throw unknownPlugin(name as string, plugins);
  if (context.output.json) await context.output.writeJson(found.length === 1 ? found[0] : found);
  else await context.output.write(found.map((plugin) => formatInfo(plugin, context)).join('\n'));
  return finish(context, found);
};

function unknownPlugin(name: string, plugins: readonly ConfiguredPlugin[]): ShimError {
  const names = plugins.map((plugin) => plugin.name);
  const shown = JSON.stringify(name.slice(0, 100));
  return new ShimError('SHIM_PLUGIN_NOT_FOUND', `there is no plugin ${shown}${didYouMean(name, names)}`, {
    where: 'plugins info',
    remedy: '`shimctl plugins list` shows what there is; a config names more under "plugins".',
  });
}

function formatInfo(plugin: ConfiguredPlugin, { output }: CommandContext): string {
  const facts = [
    ['name', plugin.name],
    ['kind', plugin.kind],
    ['version', plugin.version],
    ['plugin API', plugin.apiVersion],
    ['source', plugin.source],
    ['package', plugin.package],
    ['path', plugin.path],
    ['named at', plugin.place],
  ].flatMap(([label, value]) =>
    value === null ? [] : [`${`${label}:`.padEnd(12)}${escapeControls(String(value))}\n`],
  );
  if (plugin.error !== null) return facts.join('');
  const rows = optionRows(plugin.optionsSchema);
  const options = rows.length === 0 ? 'It has no options.\n' : formatTable(OPTIONS_HEAD, rows, output.colours);
  return `${facts.join('')}\n${options}`;
}

const OPTIONS_HEAD = ['OPTION', 'TYPE', 'DEFAULT', 'MEANING'];

/** Says what is wrong with those that can't be loaded. */
function finish({ output }: CommandContext, plugins: readonly ConfiguredPlugin[]): number {
  const errors = plugins.flatMap(({ error }) => (error === null ? [] : [error]));
  for (const { code, message, remedy, where } of errors) {
    output.error(new ShimError(code, message, { remedy, ...(where !== undefined && { where }) }));
  }
  return errors.length === 0 ? EXIT.OK : EXIT.FAILURE;
}
