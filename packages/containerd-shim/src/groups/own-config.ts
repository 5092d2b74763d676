import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FrontEndHost } from '@holdfast/core';
import { parseDuration } from '@holdfast/core/config';

/** What holdfast's own config says of the shims of containerd's tasks. */
export interface ShimSettings {
  readonly shimPer: 'node' | 'namespace' | 'pod';
  readonly logLevel: string;
  readonly idleTimeoutMs: number;
}

type Environment = Readonly<Record<string, string>>;

interface Read {
  readonly settings: ShimSettings;
  readonly files: readonly string[];
  /** Of the files and of the places where there could be some, before they were read. */
  readonly print: string;
}

const DIRECTORY = '/etc/holdfast';
/** Each containerd that comes with other variables has one. */
const MOST = 32;

/** The config that containerd's variables name: read when it has changed, not for every task. */
export class OwnConfig {
  readonly #known = new Map<string, Read>();

  constructor(private readonly host: FrontEndHost) {}

  /** Undefined if it can't be used, which is logged: the task's own create tells of it. */
  async settings(environment: Environment): Promise<ShimSettings | undefined> {
    try {
      return await this.#settings(environment);
    } catch (error) {
      this.host.logger.warn({ err: error }, 'the settings of a config can not be used');
      return undefined;
    }
  }

  async #settings(environment: Environment): Promise<ShimSettings> {
    const key = JSON.stringify(environment);
    const known = this.#known.get(key);
    const files = known?.files ?? [];
    const print = await printOf(files, environment);
    if (known?.print === print) return known.settings;
    const { config, files: read } = await this.host.loadConfig({ cwd: '/', environment });
    const { logLevel, idleTimeout } = config.shim;
    const { shimPer } = config.containerd;
    const settings = { shimPer, logLevel, idleTimeoutMs: parseDuration(idleTimeout) as number };
    // Which files count is known now: those that were looked at before they were read are the same only the second time.
    const same = JSON.stringify(read) === JSON.stringify(files);
    this.#known.set(key, { settings, files: read, print: same ? print : '' });
    for (const oldest of this.#known.keys()) if (this.#known.size > MOST) this.#known.delete(oldest);
    return settings;
  }
}

async function printOf(files: readonly string[], environment: Environment): Promise<string> {
  const named = environment['HOLDFAST_CONFIG'];
  const places = named === undefined || named === '' ? [DIRECTORY, join(DIRECTORY, 'conf.d')] : [resolve('/', named)];
  return (await Promise.all([...places, ...files].map(printOfOne))).join('\n');
}

async function printOfOne(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) return path;
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return [path, dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
