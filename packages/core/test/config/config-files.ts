import { join } from 'node:path';
import { LazyValidators, loadConfig, type ConfigFlags, type LoadedConfig } from '../../src/config/index.js';
import { PluginRegistry } from '../../src/plugins/index.js';
import { BUILT_INS, makeDirectory, writeFiles } from '../plugins/plugin-files.js';

/** One for all tests of a file: compiling the same schema twice is a waste. */
export const validators = new LazyValidators();

/** What a test loads a config with. */
export interface Setup {
  /** The text of `config.json`; without it the places of a config are looked at, `etc` for the system's. */
  readonly text?: string;
  readonly flags?: ConfigFlags;
  readonly environment?: Readonly<Record<string, string>>;
  readonly thorough?: boolean;
}

/** A directory to load configs in. */
export interface ConfigHome {
  readonly path: string;
  /** The absolute path of `config.json` in it. */
  readonly file: string;
  load(setup: Setup): Promise<LoadedConfig>;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/** Makes one; no file outside of it is read. */
export async function makeConfigHome(): Promise<ConfigHome> {
  const { path, remove } = await makeDirectory();
  const load = async ({ text, flags, environment, thorough }: Setup) => {
    if (text !== undefined) await writeFiles(path, { 'config.json': text });
    const registry = new PluginRegistry(BUILT_INS);
    const file = text === undefined ? undefined : 'config.json';
    const systemDirectory = join(path, 'etc');
    return loadConfig({ file, flags, environment, cwd: path, systemDirectory, registry, validators, thorough });
  };
  return { path, file: join(path, 'config.json'), load, write: (files) => writeFiles(path, files), remove };
}
