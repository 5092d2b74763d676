import type { UpgradedGroup } from '@holdfast/core/client';
import { errorFromDocument } from '@holdfast/core/plugin';
import { EXIT } from '../exit-codes.js';
import { escapeControls } from '../output/escape.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface UpgradeFlags {
  readonly force?: true;
}

/** `shimctl upgrade`. */
export function addUpgrade(host: CommandHost): void {
  const command = host.program
    .command('upgrade')
    .description('replace the running shims by the installed version; containers go on')
    .option('--force', 'also those that are of that version, such as after a change of Node or of the config')
    .addHelpText('after', EPILOG);
  host.bind<UpgradeFlags>(command, upgrade);
}

const EPILOG = `
The shims of all groups of the root that run, or with --group that one's. The new shim is the one that
this shimctl would start. No container notices: sessions and terminals go on, clients connect again, and calls under
way are answered by the new shim. One that does not come to serve is replaced by the one before, which is an error. A
version that can't read the state of the one that runs is refused. The keeper stays as it is.

Exit codes: 0 if every shim is of the installed version now; 1 if one is not.
${examples('shimctl upgrade', 'shimctl upgrade --group pod1', 'shimctl --json upgrade')}`;

const upgrade: Handler<UpgradeFlags> = async (context, _args, { force }) => {
  const { environment, globals, output } = context;
  const { shims } = await context.connect();
  const { version } = environment.services;
  const groups = globals.group === undefined ? {} : { groups: [globals.group] };
  const report = await shims.upgrade({ ...groups, version, force: force === true });
  if (output.json) await output.writeJson(report);
  else await output.write(report.map((one) => `${escapeControls(lineOf(one))}\n`).join(''));
  for (const { error } of report) if (error !== null) output.error(errorFromDocument(error));
  return report.some(({ result }) => result === 'failed') ? EXIT.FAILURE : EXIT.OK;
};

function lineOf({ group, from, to, result }: UpgradedGroup): string {
  if (result === 'not-running') return `${group}: does not run; the next command starts ${to}`;
  if (result === 'current') return `${group}: ${to}`;
  return `${group}: ${from ?? 'unknown'} → ${to}${result === 'failed' ? ': failed' : ''}`;
}
