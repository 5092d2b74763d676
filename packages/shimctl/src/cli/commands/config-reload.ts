import type { Command } from 'commander';
import type { SettingsDocument, ShimService, ShimSettings } from '@holdfast/core/client';
import { isShimError } from '@holdfast/core/plugin';
import { EXIT } from '../exit-codes.js';
import { formatTable } from '../output/table.js';
import type { CliConfig } from '../services.js';
import type { CommandHost, Handler } from './command.js';

/** `shimctl config reload`. */
export function addConfigReload(host: CommandHost, config: Command): void {
  host.bind<object>(
    config.command('reload').description("check the config and tell the group's running shim what it can still change"),
    reload,
  );
}

type Settled = 'applied' | 'unchanged' | 'not running' | 'new containers' | 'another shim';

interface Row {
  readonly setting: string;
  readonly state: Settled;
  readonly detail: string;
}

const reload: Handler<object> = async (context) => {
  const { config, shims } = await context.connect();
  await config.validate();
  const wanted = { logLevel: config.shim.logLevel, idleTimeoutMs: config.shim.idleTimeoutMs };
  const answer = await configure(await shims.forRunning(config.group), wanted);
  const rows = [...shimRows(answer, wanted), ...restOf(config)];
  if (context.output.json) {
    await context.output.writeJson({ group: config.group, running: answer !== undefined, settings: rows });
    return EXIT.OK;
  }
  const cells = rows.map(({ setting, state, detail }) => [setting, state, detail]);
  await context.output.write(formatTable(['SETTING', 'STATE', 'DETAIL'], cells, context.output.colours));
  return EXIT.OK;
};

/** Undefined if nobody serves the group. */
async function configure(service: ShimService, wanted: ShimSettings): Promise<SettingsDocument | undefined> {
  try {
    return await service.configure(wanted);
  } catch (error) {
    if (isShimError(error) && error.code === 'SHIM_NOT_RUNNING') return undefined;
    throw error;
  }
}

function shimRows(answer: SettingsDocument | undefined, wanted: ShimSettings): Row[] {
  const row = (setting: string, key: keyof ShimSettings, unit: string): Row => {
    if (answer === undefined) {
      const detail = `${wanted[key]}${unit} counts when the next command starts the shim`;
      return { setting, state: 'not running', detail };
    }
    const { before, now } = answer;
    if (before[key] === now[key]) return { setting, state: 'unchanged', detail: `${now[key]}${unit}` };
    return { setting, state: 'applied', detail: `was ${before[key]}${unit}, is ${now[key]}${unit}` };
  };
  return [row('shim.logLevel', 'logLevel', ''), row('shim.idleTimeout', 'idleTimeoutMs', 'ms')];
}

/** The rest needs no reload, or has no meaning for a shim that runs. */
function restOf({ root, group }: CliConfig): Row[] {
  return [
    {
      setting: 'runtime, runtimes, logs, logRoot, plugins, limits, namespace',
      state: 'new containers',
      detail: 'read by each command; a container keeps what it was created with: delete and create it',
    },
    {
      setting: 'root, group',
      state: 'another shim',
      detail: `name the shim (${group} below ${root}); containers of another one stay there: delete and create them`,
    },
  ];
}
