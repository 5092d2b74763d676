import { resolve } from 'node:path';
import { configSchema } from '@holdfast/core/config';
import { asShimError } from '@holdfast/core/plugin';
import type { CommandContext } from '../context.js';
import { configRequest } from '../global-options.js';
import type { CliConfig, ConfigRequest } from '../services.js';
import { fail, ok, warn, type Finding, type Subject } from './check.js';
import { withDeadline } from './run-checks.js';
import type { DoctorSystem } from './system.js';

const DEADLINE_MS = 10_000;

/** What the config says and whether it is in order; the defaults where it can't be read. */
export async function readSubject(
  { environment, globals }: CommandContext,
  system: DoctorSystem,
): Promise<{ findings: Finding[]; subject: Subject }> {
  const request = configRequest(globals, environment);
  let config: CliConfig;
  let refused: readonly string[] = [];
  try {
    if (request.file !== undefined) await system.status(resolve(request.cwd, request.file));
    config = await withDeadline(
      environment.services.loadConfig(request, (warnings) => (refused = warnings)),
      DEADLINE_MS,
    );
  } catch (error) {
    const { message, remedy } = asShimError(error);
    const finding = fail('config', `${message}\nThe rest is told of the defaults.`, remedy);
    return { findings: [finding, ...refused.map(warning)], subject: defaults(request) };
  }
  const { root, logRoot, group } = config;
  // Why a plugin can't be loaded is what `validity` finds.
  const runtimes = await withDeadline(config.runtimes(), DEADLINE_MS).catch(() => defaults(request).runtimes);
  const logs = config.logs.map(({ driver, options = {} }) => ({ driver, options }));
  const warnings = config.warnings.map(warning);
  return { findings: [await validity(config), ...warnings], subject: { root, logRoot, group, runtimes, logs } };
}

function warning(text: string): Finding {
  return warn('config', text, 'Correct it, or take it out.');
}

async function validity(config: CliConfig): Promise<Finding> {
  try {
    await withDeadline(config.validate(), DEADLINE_MS);
  } catch (error) {
    const { message, remedy } = asShimError(error);
    return fail('config', message, remedy);
  }
  const { files } = config;
  return ok('config', files.length === 0 ? 'no file, the defaults' : `${files.join(', ')}: in order, plugins too`);
}

function defaults(request: ConfigRequest): Subject {
  const { root, logRoot, group, runtime } = configSchema.properties;
  const name = request.runtime ?? runtime.default;
  return {
    root: request.root ?? root.default,
    logRoot: logRoot.default,
    group: request.group ?? group.default,
    runtimes: [{ name, chosen: true, plugin: { plugin: name, path: null, version: '', options: {} } }],
    logs: [],
  };
}
