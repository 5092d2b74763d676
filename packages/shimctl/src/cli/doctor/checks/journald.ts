import { fail, ok, warn, type Check, type Finding, type Subject } from '../check.js';
import type { DoctorSystem } from '../system.js';

/** journald, for its log driver alone: one line for each namespace that the config names. */
export const checkJournald: Check = async (system, subject) => {
  const wanted = namespacesOf(subject);
  if (wanted.length === 0) return unused(system);
  const findings = await Promise.all(wanted.map((namespace) => used(system, namespace)));
  if ((await system.find('journalctl')) !== undefined) return findings;
  return [...findings, warn('journalctl', 'is not installed', 'Install it: "shimctl logs" reads the journal by it.')];
};

function namespacesOf({ logs }: Subject): string[] {
  const drivers = logs.filter(({ driver }) => driver === 'journald');
  const names = drivers.map(({ options }) => {
    const namespace = options['namespace'];
    return typeof namespace === 'string' ? namespace : '';
  });
  return [...new Set(names)];
}

async function unused(system: DoctorSystem): Promise<Finding> {
  const there = (await system.status(directoryOf(''))) !== undefined;
  return ok('journald', `${there ? 'is there' : 'is not there'}; the config has no journald driver`);
}

async function used(system: DoctorSystem, namespace: string): Promise<Finding> {
  const name = namespace === '' ? 'journald' : `journald ${namespace}`;
  const unit = namespace === '' ? 'systemd-journald' : `systemd-journald@${namespace}`;
  const directory = directoryOf(namespace);
  const socket = await system.status(`${directory}/socket`);
  if (socket?.type !== 'socket') {
    return fail(name, `${directory}/socket is not there`, `systemctl start ${unit}, or use the log driver file.`);
  }
  try {
    await system.askVarlink(`${directory}/io.systemd.journal`);
    return ok(name, `answers at ${directory}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(name, `${directory} is there but nobody answers: ${reason}`, `systemctl restart ${unit}`);
  }
}

function directoryOf(namespace: string): string {
  return namespace === '' ? '/run/systemd/journal' : `/run/systemd/journal.${namespace}`;
}
