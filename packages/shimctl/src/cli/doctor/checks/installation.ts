import { atLeast } from '../words.js';
import { fail, ok, type Check, type Finding } from '../check.js';
import type { DoctorSystem } from '../system.js';

const EXECUTABLE = 0o111;
const REINSTALL = 'Install holdfast again, or run its build on this machine.';

/** Node, the addon and the keeper. */
export const checkInstallation: Check = async (system) => [node(system), await addon(system), await keeper(system)];

function node({ node: version }: DoctorSystem): Finding {
  if (atLeast(version, 20)) return ok('node', `v${version}`);
  return fail('node', `v${version} is too old`, 'Install Node 20 or later.');
}

async function addon(system: DoctorSystem): Promise<Finding> {
  try {
    await system.probeKernel();
    return ok('addon', `loads on ${system.platform}`);
  } catch (error) {
    return fail('addon', `does not load on ${system.platform}: ${firstLine(error)}`, REINSTALL);
  }
}

async function keeper(system: DoctorSystem): Promise<Finding> {
  try {
    const path = await system.keeper();
    const status = await system.status(path);
    if (status?.type !== 'file') return fail('keeper', `${path} is no file`, REINSTALL);
    if ((status.mode & EXECUTABLE) === 0) return fail('keeper', `${path} is not executable`, `chmod 755 ${path}`);
    return ok('keeper', path);
  } catch (error) {
    return fail('keeper', `is not installed for ${system.platform}: ${firstLine(error)}`, REINSTALL);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
