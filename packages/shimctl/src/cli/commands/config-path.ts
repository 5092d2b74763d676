import type { Command } from 'commander';
import type { ConfigPlace } from '@holdfast/core/config';
import { EXIT } from '../exit-codes.js';
import { configRequest } from '../global-options.js';
import { formatTable } from '../output/table.js';
import type { CommandHost, Handler } from './command.js';

/** `shimctl config path`. */
export function addConfigPath(host: CommandHost, config: Command): void {
  host.bind<object>(
    config.command('path').description('show where a config is looked for, the strongest first, and what was found'),
    path,
  );
}

interface Source {
  readonly source: string;
  readonly place: string;
  readonly state: string;
  readonly why: string;
}

/** Works for a config that can't be loaded: that is when somebody asks. */
const path: Handler<object> = async (context) => {
  const { environment, globals, output } = context;
  const places = await environment.services.configPlaces(configRequest(globals, environment));
  const sources = [...(await variables(environment.env)), ...places.map(placeSource).reverse()];
  if (output.json) await output.writeJson(sources);
  else {
    const rows = sources.map(({ source, place, state, why }) => [
      source,
      place,
      why === '' ? state : `${state}: ${why}`,
    ]);
    await output.write(formatTable(['SOURCE', 'PLACE', 'STATE'], rows, output.colours));
  }
  return places.some(({ state }) => state === 'refused') ? EXIT.FAILURE : EXIT.OK;
};

/** Variables that are set, by name alone: a value may be a secret. */
async function variables(env: Readonly<Record<string, string | undefined>>): Promise<Source[]> {
  const { ENV_SETTINGS, unknownVariables } = await import('@holdfast/core/config');
  const known = ['HOLDFAST_CONFIG', ...ENV_SETTINGS.map(({ name }) => name)].filter((name) => (env[name] ?? '') !== '');
  const used = known.sort().map((place) => ({ source: 'environment', place, state: 'used', why: '' }));
  const unknown = unknownVariables(env).map((line) => {
    const [place = '', why = ''] = line.split(': ');
    return { source: 'environment', place, state: 'ignored', why };
  });
  return [...used, ...unknown];
}

function placeSource({ kind, path: place, state, why, error }: ConfigPlace): Source {
  return { source: kind, place, state, why: error?.message ?? why ?? '' };
}
