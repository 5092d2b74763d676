import { rm } from 'node:fs/promises';
import { within } from '../logging/deadline.js';
import type { PluginDefinition, PluginKinds } from '../plugin/define-plugin.js';
import { maskedError, maskFor } from './masked-plugin.js';
import { TrialContext } from './trial-context.js';

/** For a driver that has done nothing there is little to close. */
const CLOSE_MS = 1_000;

/**
 * Makes a plugin as a container would, with a context in which nothing can be done, and lets go of it. `options` are valid for its schema.
 * Resolves to whether it is a local log driver. Rejects with what its `create` threw, secrets masked.
 */
export async function tryCreate(
  definition: PluginDefinition,
  options: Readonly<Record<string, unknown>>,
): Promise<{ readonly local: boolean }> {
  const context = new TrialContext();
  try {
    const made = create(definition, context, structuredClone(options));
    if (definition.kind !== 'log-driver') return { local: false };
    const driver = made as Partial<PluginKinds['log-driver']['instance']> | undefined;
    await release(driver);
    return { local: driver?.local === true };
  } catch (error) {
    throw maskedError(error, maskFor(definition, options));
  } finally {
    await rm(context.directory, { recursive: true, force: true });
  }
}

function create(definition: PluginDefinition, context: TrialContext, options: Record<string, unknown>): unknown {
  if (definition.kind === 'runtime')
    return (definition as unknown as PluginDefinition<'runtime'>).create(context.runtime(), options);
  return (definition as unknown as PluginDefinition<'log-driver'>).create(context.logDriver(), options);
}

/** As before a restart of shimd, when nothing is to be removed. How that goes says nothing about the options. */
async function release(driver: Partial<PluginKinds['log-driver']['instance']> | undefined): Promise<void> {
  const controller = new AbortController();
  try {
    await within(CLOSE_MS, Promise.resolve(driver?.close?.('restart', controller.signal)));
  } catch {
    // It was not opened.
  } finally {
    controller.abort();
  }
}
