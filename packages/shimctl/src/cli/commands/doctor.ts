import { CHECKS } from '../doctor/checks/index.js';
import { formatFindings } from '../doctor/format-findings.js';
import { readSubject } from '../doctor/read-subject.js';
import { runChecks } from '../doctor/run-checks.js';
import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl doctor`. */
export function addDoctor(host: CommandHost): void {
  const command = host.program
    .command('doctor')
    .description('look for what keeps containers from running well; changes nothing')
    .addHelpText('after', EPILOG);
  host.bind<object>(command, doctor);
}

const EPILOG = `
A line for each thing looked at, ok, warn or fail, and below a warning or failure what can be done. Nothing is started or
changed, but that runtimes are asked for their version.

Exit codes: 0 if nothing fails, warnings or not; 1 if something does.
${examples('shimctl doctor', 'shimctl doctor --config ./holdfast.json', 'shimctl --json doctor | jq \'.[] | select(.verdict != "ok")\'')}`;

const doctor: Handler<object> = async (context) => {
  const { environment, output } = context;
  const system = await environment.services.examine();
  const { findings: ofConfig, subject } = await readSubject(context, system);
  const findings = [...ofConfig, ...(await runChecks(CHECKS, { system, subject }))];
  if (output.json) await output.writeJson(findings);
  else await output.write(formatFindings(findings, output.colours));
  return findings.some(({ verdict }) => verdict === 'fail') ? EXIT.FAILURE : EXIT.OK;
};
