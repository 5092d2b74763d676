import { join } from 'node:path';
import type { DependencyContainer } from 'tsyringe';
import { onTestFinished } from 'vitest';
import type { CreateContainerRequest } from '../../src/api/documents.js';
import type { ContainerCgroups } from '../../src/cgroups/container-cgroups.js';
import type { ContainerConfig, ContainerLimits } from '../../src/config/container-config.js';
import { LazyValidators } from '../../src/config/validators.js';
import { composeShim, type ComposedShim } from '../../src/di/compose-shim.js';
import { LOCATE_CGROUPS, PLUGIN_SOURCE } from '../../src/di/tokens.js';
import { PluginRegistry } from '../../src/plugins/plugin-registry.js';
import type { PluginSource } from '../../src/plugins/plugin-source.js';
import { StateLayout } from '../../src/state/layout.js';
import { FakeKeeper } from './fake-keeper.js';
import { FakeLogDriver } from './fake-log-driver.js';
import { FakeRuntime } from './fake-runtime.js';
import { makeBundle } from './make-bundle.js';
import { QuietLogger } from './quiet-logger.js';
import { temporaryDirectory } from './temporary-directory.js';

export const REF = { namespace: 'default', id: 'c1' } as const;

const LIMITS: ContainerLimits = { runtimeTimeoutMs: 2_000, drainTimeoutMs: 300, stopTimeoutMs: 100, logTimeoutMs: 200 };

/** A composed shim over a fake keeper, runtime and log driver, in a root of its own. */
export class ShimFixture {
  readonly directory = temporaryDirectory();
  readonly layout = new StateLayout(join(this.directory, 'root'));
  readonly bundle = makeBundle(join(this.directory, 'bundle'));
  readonly keeper = new FakeKeeper();
  readonly runtime = new FakeRuntime(this.keeper);
  readonly driver = new FakeLogDriver();
  readonly logger = new QuietLogger();
  /** Where containers are said to be. */
  cgroups: ContainerCgroups | undefined;
  #requests = 0;

  /** A shim, as after each start of shimd; the one before, if any, is dead to the keeper from then on. */
  compose(override: (root: DependencyContainer) => void = () => undefined): ComposedShim {
    const composed = composeShim({
      keeper: this.keeper,
      welcome: this.keeper.welcome(),
      layout: this.layout,
      info: { pid: process.pid, keeperPid: this.keeper.pid, group: 'default', version: '0.0.0' },
      logger: this.logger,
      registry: new PluginRegistry([]),
      validators: new LazyValidators(),
      logHost: '/nonexistent',
      override: (root) => {
        root.register(PLUGIN_SOURCE, { useValue: this.plugins });
        // Its processes live in the test's own cgroups.
        root.register(LOCATE_CGROUPS, { useValue: () => this.cgroups });
        override(root);
      },
    });
    // An event that is just being written would be in the way of removing the directory.
    onTestFinished(async () => {
      await composed.events.flush();
      composed.close();
    });
    return composed;
  }

  readonly plugins: PluginSource = {
    load: (kind) => {
      const definition: unknown = kind === 'runtime' ? this.runtime.definition : this.driver.definition;
      return Promise.resolve({ definition: definition as never, options: {} });
    },
  };

  requestId(): string {
    return `r${++this.#requests}`;
  }

  config(limits: Partial<ContainerLimits> = {}): ContainerConfig {
    const plugin = { plugin: 'fake', path: null, version: '0', options: {} };
    const logDirectory = join(this.directory, 'logs', REF.namespace, REF.id);
    return { runtime: { name: 'fake', ...plugin }, logs: [plugin], logDirectory, limits: { ...LIMITS, ...limits } };
  }

  request(more: Partial<CreateContainerRequest> = {}): CreateContainerRequest {
    const base = {
      ...REF,
      requestId: this.requestId(),
      bundle: this.bundle,
      config: this.config(),
      stdin: false,
      autoRemove: false,
    };
    return { ...base, ...more };
  }
}
