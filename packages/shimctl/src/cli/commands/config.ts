import { addGlobalOptions } from '../global-options.js';
import { EXIT } from '../exit-codes.js';
import { stringifyJson } from '../output/escape.js';
import { formatTable } from '../output/table.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl config`. */
export function addConfig(host: CommandHost): void {
  const config = host.program
    .command('config')
    .description('show, check or describe the config')
    .addHelpText(
      'after',
      examples(
        'shimctl config show',
        'shimctl --config ./holdfast.json config validate',
        'shimctl config schema > holdfast.schema.json',
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
}

const show: Handler<object> = async (context) => {
  const { settings } = await context.config();
  if (context.output.json) {
    await context.output.writeJson(settings);
    return EXIT.OK;
  }
  const rows = settings.map(({ path, value, origin }) => [path, JSON.stringify(value), origin]);
  await context.output.write(formatTable(['PATH', 'VALUE', 'ORIGIN'], rows, context.output.colours));
  return EXIT.OK;
};

const validate: Handler<object> = async (context) => {
  const config = await context.config();
  await config.validate();
  if (context.output.json) await context.output.writeJson({ valid: true, warnings: config.warnings });
  else await context.output.write('The config is valid.\n');
  return EXIT.OK;
};

const schema: Handler<object> = async (context) => {
  const config = await context.config();
  const style = context.output.json ? 'compact' : 'pretty';
  await context.output.write(`${stringifyJson(await config.schema(), style)}\n`);
  return EXIT.OK;
};
