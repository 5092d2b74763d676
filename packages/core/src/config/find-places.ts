import { isAbsolute, join, resolve } from 'node:path';
import { ownershipFault, type OwnershipFault } from '../plugins/ownership-fault.js';
import { walkPath } from '../plugins/walk-path.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { configFileIn, configPattern, filesOfConfD } from './config-directory.js';
import type { ConfigPlace, PlaceKind } from './config-place.js';

const SYSTEM_DIRECTORY = '/etc/holdfast';

/** Where config files are looked for. */
export interface PlaceSources {
  /** `--config`; without it HOLDFAST_CONFIG of the environment. */
  readonly file?: string | undefined;
  readonly cwd: string;
  /** Nothing is read from the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** In the place of /etc/holdfast. */
  readonly systemDirectory?: string | undefined;
}

/** All places, weakest first. Never rejects: an error stands at its place. */
export async function findPlaces(sources: PlaceSources): Promise<ConfigPlace[]> {
  const { cwd, environment = {}, systemDirectory = SYSTEM_DIRECTORY } = sources;
  const file = sources.file ?? (environment['HOLDFAST_CONFIG'] || undefined);
  const confD = join(systemDirectory, 'conf.d');
  const user = userDirectory(environment);
  if (file === undefined) {
    const found = [systemPlace(systemDirectory), confDPlaces(confD), ...(user === undefined ? [] : [userPlace(user)])];
    return (await Promise.all(found)).flat();
  }
  const by = sources.file === undefined ? 'HOLDFAST_CONFIG' : '--config';
  const replaced = (kind: PlaceKind, path: string): ConfigPlace => ({
    kind,
    path,
    state: 'replaced',
    why: `${by} names a file in its place`,
  });
  return [
    replaced('system', configPattern(systemDirectory)),
    replaced('conf.d', join(confD, '*')),
    ...(user === undefined ? [] : [replaced('user', configPattern(user))]),
    await namedPlace(resolve(cwd, file)),
  ];
}

/** `$XDG_CONFIG_HOME/holdfast` or `~/.config/holdfast`; a variable that is no absolute path does not count. */
function userDirectory(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_CONFIG_HOME: xdg = '', HOME: home = '' } = environment;
  if (isAbsolute(xdg)) return join(xdg, 'holdfast');
  return isAbsolute(home) ? join(home, '.config', 'holdfast') : undefined;
}

/** What a caller names is the caller's choice; that others could change it is only said. */
async function namedPlace(path: string): Promise<ConfigPlace> {
  const place = { kind: 'named', path, state: 'used' } as const;
  // A file that is not there is told of when it is read.
  const fault = await faultOf(path).catch(() => undefined);
  return fault === undefined ? place : { ...place, why: `it could be changed by others: ${fault.path} ${fault.what}` };
}

function systemPlace(directory: string): Promise<ConfigPlace[]> {
  return guarded('system', configPattern(directory), async () => {
    const path = await configFileIn(directory);
    return path === undefined ? [] : [await checked('system', path)];
  });
}

function confDPlaces(directory: string): Promise<ConfigPlace[]> {
  return guarded('conf.d', join(directory, '*'), async () => {
    const files = await filesOfConfD(directory);
    return Promise.all(files.map((path) => checked('conf.d', path)));
  });
}

function userPlace(directory: string): Promise<ConfigPlace[]> {
  return guarded('user', configPattern(directory), async () => {
    const path = await configFileIn(directory);
    if (path === undefined) return [];
    const fault = await faultOf(path);
    // sudo can leave HOME what it was: somebody else's config is not that of this user.
    if (fault?.kind !== 'owner') return [await checked('user', path)];
    return [{ kind: 'user', path, state: 'ignored', why: `${fault.path} ${fault.what}` }];
  });
}

/** Nothing found is one absent place; what goes wrong is one refused place. */
async function guarded(kind: PlaceKind, pattern: string, find: () => Promise<ConfigPlace[]>): Promise<ConfigPlace[]> {
  try {
    const places = await find();
    return places.length > 0 ? places : [{ kind, path: pattern, state: 'absent' }];
  } catch (error) {
    return [{ kind, path: pattern, state: 'refused', error: asShimError(error) }];
  }
}

async function checked(kind: PlaceKind, path: string): Promise<ConfigPlace> {
  const fault = await faultOf(path);
  if (fault === undefined) return { kind, path, state: 'used' };
  const message = `${path}: the config file could be changed by others: ${fault.path} ${fault.what}`;
  const error = new ShimError('SHIM_CONFIG_INSECURE', message, { where: fault.path, remedy: fault.remedy });
  return { kind, path, state: 'refused', error };
}

async function faultOf(path: string): Promise<OwnershipFault | undefined> {
  return ownershipFault(await walkPath(path));
}
