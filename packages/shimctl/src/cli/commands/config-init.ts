import { basename, dirname, extname, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { StarterFormat } from '@holdfast/core/config';
import { ShimError } from '@holdfast/core/plugin';
import { EXIT } from '../exit-codes.js';
import { stringifyJson } from '../output/escape.js';
import { writeNewFile } from '../process/write-new-file.js';
import { examples, type CommandHost, type Handler } from './command.js';

const DIRECTORY = '/etc/holdfast';
const FORMATS = ['json', 'jsonc', 'yaml'] as const;

interface InitOptions {
  readonly format?: StarterFormat;
  readonly force?: true;
  readonly schema: boolean;
}

/** `shimctl config init`. */
export function addConfigInit(host: CommandHost, config: Command): void {
  const command = config
    .command('init')
    .description('write a config to start from, every setting explained, and its schema for editors')
    .argument('[path]', `file to write; ${DIRECTORY}/config.jsonc if left out`)
    .addOption(new Option('--format <format>', 'by default what the ending of the path says').choices(FORMATS))
    .option('--force', 'write over a file that is there')
    .option('--no-schema', 'write no schema file, and no "$schema"')
    .addHelpText(
      'after',
      examples('shimctl config init', 'shimctl config init --format yaml', 'shimctl config init ./holdfast.jsonc'),
    );
  host.bind<InitOptions>(command, init);
}

const init: Handler<InitOptions> = async (context, [path], { format: given, force, schema }) => {
  const { environment, output } = context;
  const format = formatOf(path, given);
  const file = path === undefined ? `${DIRECTORY}/config.${format}` : resolve(environment.cwd, path);
  const { configFileIn, starterConfig } = await import('@holdfast/core/config');
  const other = /^config\./.test(basename(file)) ? await configFileIn(dirname(file)) : undefined;
  if (other !== undefined && other !== file) {
    const message = `there is ${other} already: a second config beside it would be refused`;
    throw new ShimError('SHIM_CONFIG_EXISTS', message, { where: other, remedy: 'Change that one, or remove it.' });
  }
  const schemaFile = resolve(dirname(file), `${basename(file, extname(file))}.schema.json`);
  const reference = schema ? `./${basename(schemaFile)}` : undefined;
  await writeNewFile(file, starterConfig(format, reference), { mode: 0o600, force: force === true });
  if (schema) {
    // It is made, not written by anybody: an old one is of no use.
    const text = `${stringifyJson(await environment.services.builtInSchema(), 'pretty')}\n`;
    await writeNewFile(schemaFile, text, { mode: 0o644, force: true });
  }
  const written = schema ? [file, schemaFile] : [file];
  if (output.json) await output.writeJson({ written });
  else await output.write(written.map((each) => `wrote ${each}\n`).join(''));
  return EXIT.OK;
};

/** Throws SHIM_USAGE if the path and `--format` contradict each other. */
function formatOf(path: string | undefined, given: StarterFormat | undefined): StarterFormat {
  if (path === undefined) return given ?? 'jsonc';
  const ending = extname(path).slice(1);
  const said = FORMATS.find((format) => format === (ending === 'yml' ? 'yaml' : ending));
  if (said !== undefined && (given === undefined || given === said)) return said;
  const words = said === undefined ? 'ends with none of .json, .jsonc, .yaml, .yml' : `is not named as --format says`;
  throw new ShimError('SHIM_USAGE', `${path} ${words}: a config's format is told by the end of its name`);
}
