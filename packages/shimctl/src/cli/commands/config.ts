import { addGlobalOptions } from '../global-options.js';
import { EXIT } from '../exit-codes.js';
import { stringifyJson } from '../output/escape.js';
import { formatTable } from '../output/table.js';
import { examples, type CommandHost, type Handler } from './command.js';
import { addConfigInit } from './config-init.js';
import { addConfigPath } from './config-path.js';
import { addConfigReload } from './config-reload.js';

/** `shimctl config`. */
export function addConfig(host: CommandHost): void {
  const config = host.program
    .command('config')
    .description('show, check, write or describe the config')
    .addHelpText(
      'after',
      examples(
        'shimctl config init',
        'shimctl config path',
        'shimctl config show',
        'shimctl --config ./holdfast.json config validate',
        'shimctl config schema > holdfast.schema.json',
        'shimctl config reload',
      ),
    );
  addGlobalOptions(config, true);
  host.bind<object>(config.command('show').description('show every value and where it came from'), show);
  host.bind<object>(
    config.command('validate').description('check the config and the options of its plugins'),
    validate,
  );
  host.bind<object>(
    config.command('schema').description('print the JSON Schema of the config, plugins included'),
    schema,
  );
  addConfigPath(host, config);
  addConfigInit(host, config);
  addConfigReload(host, config);
}

const show: Handler<object> = async (context) => {
  const settings = await (await context.config()).shownSettings();
  if (context.output.json) {
    await context.output.writeJson(settings);
    return EXIT.OK;
  }
  const rows = settings.map(({ path, value, origin }) => [path, JSON.stringify(value), origin]);
  await context.output.write(formatTable(['PATH', 'VALUE', 'ORIGIN'], rows, context.output.colours));
  return EXIT.OK;
};

const validate: Handler<object> = async (context) => {
  const config = await context.config({ thorough: true });
  const before = config.warnings.length;
  await config.validate();
  const { warnings, files, overrides } = config;
  if (context.output.json) {
    await context.output.writeJson({ valid: true, warnings, files, overrides });
    return EXIT.OK;
  }
  for (const warning of warnings.slice(before)) context.output.note(`warning: ${warning}`);
  const lines = [
    'The config is valid.',
    files.length === 0 ? 'There is no config file: these are the defaults.' : `Read: ${files.join(', ')}`,
    ...overrides.map(({ path, by, over }) => `${path}: ${by} overrides ${over}`),
  ];
  await context.output.write(`${lines.join('\n')}\n`);
  return EXIT.OK;
};

const schema: Handler<object> = async (context) => {
  const config = await context.config();
  const style = context.output.json ? 'compact' : 'pretty';
  await context.output.write(`${stringifyJson(await config.schema(), style)}\n`);
  return EXIT.OK;
};
