import { describe, expect, it } from 'vitest';
import { HIDDEN } from '../../src/config/secrets.js';
import { definePlugin, type PluginDefinition, type PluginKind } from '../../src/plugin/define-plugin.js';
import type { LogDriverContext } from '../../src/plugin/plugin-context.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import { newContainerCounters } from '../../src/metrics/counters.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';
import { LogFactory } from '../../src/logging/log-factory.js';
import { RuntimeFactory } from '../../src/runtime/runtime-factory.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { ShimFixture } from '../support/shim-fixture.js';

const SECRET = 'hunter2';
const optionsSchema = { type: 'object', properties: { token: { type: 'string', writeOnly: true } } };

/** A plugin of that kind whose `create` is the test's. */
function plugin<K extends PluginKind>(kind: K, create: (context: unknown) => unknown): PluginDefinition<K> {
  const definition = { kind, name: 'mine', apiVersion: 1, optionsSchema, create } as unknown as PluginDefinition<K>;
  return definePlugin(definition);
}

function setup(definition: PluginDefinition) {
  const fixture = new ShimFixture();
  const logger = new QuietLogger();
  const source = { load: () => Promise.resolve({ definition, options: { token: SECRET } }) } as never;
  const { config } = fixture.request();
  const mine = { plugin: 'mine', path: null, version: '1', options: { token: SECRET } };
  const request = { ...fixture.request(), config: { ...config, logs: [mine, mine] } } as never;
  return {
    logger,
    logs: () => {
      const accounts = { ledger: new LossLedger(NOTHING_LOST, () => undefined), counters: newContainerCounters() };
      return new LogFactory(source, {} as never, logger, {} as never, {} as never).create(request, accounts);
    },
    runtime: () => {
      const factory = new RuntimeFactory(source, () => ({}) as never, fixture.layout, logger, { group: 'g' } as never);
      return factory.create({ ...config, runtime: { ...mine, name: 'fast one' } }, 'ns');
    },
  };
}

const refuse = (): never => {
  throw new ShimError('SHIM_CONFIG_INVALID', `no token: ${SECRET}`, { where: 'options.token', remedy: 'Get one.' });
};

describe('an option that create refuses', () => {
  it('is named with the log driver that it belongs to, and its value is not shown', async () => {
    let made = 0;
    const { logs } = setup(plugin('log-driver', () => (made++ === 0 ? {} : refuse())));
    await expect(logs()).rejects.toMatchObject({
      code: 'SHIM_CONFIG_INVALID',
      message: `no token: ${HIDDEN}`,
      where: 'logs[1].options.token',
      remedy: 'Get one.',
    });
  });

  it('is named with the runtime that it belongs to', async () => {
    await expect(setup(plugin('runtime', refuse)).runtime()).rejects.toMatchObject({
      message: `no token: ${HIDDEN}`,
      where: 'runtimes["fast one"].options.token',
    });
  });
});

describe('a secret', () => {
  it('is neither in what a driver logs nor in the errors of its methods', async () => {
    const create = (context: LogDriverContext) => ({
      open: () => {
        context.logger.error({ err: new Error(SECRET) }, `opening with ${SECRET}`);
        return Promise.reject(new Error(`refused ${SECRET}`));
      },
    });
    const { logs, logger } = setup(plugin('log-driver', create as (context: unknown) => unknown));
    const fanout = await logs();
    await expect(fanout.open()).rejects.toThrow(`refused ${HIDDEN}`);
    expect(logger.lines).toEqual([`error: opening with ${HIDDEN}`]);
    expect(logger.errors).toEqual([new Error(HIDDEN)]);
  });

  it('is not in what a runtime fails with', async () => {
    const create = () => ({ state: () => Promise.reject(new Error(`no ${SECRET}`)) });
    const runtime = await setup(plugin('runtime', create)).runtime();
    await expect(runtime.state('c1')).rejects.toThrow(`plugin mine failed in state: no ${HIDDEN}`);
  });
});
