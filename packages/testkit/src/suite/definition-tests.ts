import { checkDefinition } from '@holdfast/core/plugins';
import { PLUGIN_API_VERSION, type PluginDefinition, type PluginKind } from '@holdfast/core/plugin';
import { expect } from 'vitest';
import { checkedOptions } from './make-instance.js';
import type { ConformanceTest } from './register-tests.js';

/** What is asked of the default export of every plugin's module. */
export function definitionTests<K extends PluginKind>(
  definition: PluginDefinition<K>,
  kind: K,
  options: () => Promise<object>,
): readonly ConformanceTest<unknown>[] {
  const reference = { text: definition.name, directory: '/', place: 'testkit' };
  return [
    {
      title: 'is what definePlugin makes, of the right kind and API version',
      run() {
        const checked = checkDefinition(definition, reference);
        expect(checked).toMatchObject({ kind, apiVersion: PLUGIN_API_VERSION });
      },
    },
    {
      title: 'accepts the options under test by its own schema',
      async run() {
        await expect(checkedOptions(definition, await options())).resolves.toEqual(expect.any(Object));
      },
    },
    {
      title: 'refuses an option that it does not know',
      async run() {
        const mistaken = { ...(await options()), noSuchOptionOfAnyPlugin: 1 };
        await expect(checkedOptions(definition, mistaken)).rejects.toThrow('noSuchOptionOfAnyPlugin');
      },
    },
    {
      title: 'describes each of its options',
      run() {
        const { properties = {} } = definition.optionsSchema as { properties?: Record<string, object> };
        const silent = Object.entries(properties).filter(([, property]) => !('description' in property));
        expect(silent.map(([name]) => name)).toEqual([]);
      },
    },
  ];
}
