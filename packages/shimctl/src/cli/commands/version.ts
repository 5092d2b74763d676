import { EXIT } from '../exit-codes.js';
import type { CommandHost, Handler } from './command.js';

/** `shimctl version`. */
export function addVersion(host: CommandHost): void {
  host.bind<object>(host.program.command('version').description('print the version'), version);
}

const version: Handler<object> = async ({ environment, output }) => {
  const { version: text } = environment.services;
  if (output.json) await output.writeJson({ version: text, api: 1 });
  else await output.write(`shimctl ${text}\n`);
  return EXIT.OK;
};
