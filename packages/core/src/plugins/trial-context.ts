import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginKinds } from '../plugin/define-plugin.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { ShimError } from '../plugin/shim-error.js';

const ignore = (): void => undefined;
const SILENT: PluginLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What a plugin gets that is made to see whether it can be: nothing in it does anything, and `directory` does not exist. */
export class TrialContext {
  readonly directory = join(tmpdir(), `holdfast-trial-${randomUUID()}`);

  runtime(): PluginKinds['runtime']['context'] {
    const { directory } = this;
    const runner = { run: refuse };
    const scratch = join(directory, 'scratch');
    return { logger: SILENT, namespace: 'trial', root: join(directory, 'root'), scratch, runner };
  }

  logDriver(): PluginKinds['log-driver']['context'] {
    const container = {
      id: 'trial',
      namespace: 'trial',
      bundle: join(this.directory, 'bundle'),
      createdAt: new Date().toISOString(),
      annotations: {},
      labels: {},
    };
    const directory = join(this.directory, 'logs');
    return { logger: SILENT, namespace: 'trial', container, directory, lane: inert, datagrams: inert };
  }
}

/** Any service, each method of which rejects. */
function inert<T extends object>(): T {
  return new Proxy({} as T, { get: (_target, name) => (name === 'then' ? undefined : refuse) });
}

function refuse(): Promise<never> {
  const remedy = '"create" only stores: let "open" or the first call do the work.';
  return Promise.reject(new ShimError('SHIM_PLUGIN_FAILED', 'nothing is done while a config is checked', { remedy }));
}
