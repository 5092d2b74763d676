import type { ConfiguredRuntime } from '@holdfast/core/config';
import { fail, ok, type Check, type Finding, type Subject } from '../check.js';
import type { DoctorSystem } from '../system.js';

/** Looked at whether or not the config names them. */
const KNOWN = ['runc', 'crun'];
const WRITABLE_BY_OTHERS = 0o022;
const VERSION_LINE = /^[A-Za-z][\w .:+-]{0,60}[ :-]v?\d{1,9}\.\d{1,9}\S{0,60}$/;

/** The binaries of the config's runtimes, and of those that come as plugins. */
export const checkRuntimes: Check = async (system, { runtimes }) => {
  const others = KNOWN.filter((name) => !runtimes.some((runtime) => binaryOf(runtime) === name));
  return Promise.all([
    ...runtimes.map((runtime) => configured(system, runtime)),
    ...others.map((name) => unconfigured(system, name)),
  ]);
};

/** What the plugin would run: its "path", or its own name. */
export function binaryOf({ plugin }: ConfiguredRuntime): string | undefined {
  const path = plugin?.options['path'];
  return typeof path === 'string' ? path : plugin?.plugin;
}

/** The runtimes of the config that are crun, and the binary crun where no config says otherwise. */
export function crunsOf({ runtimes }: Subject): { name: string; binary: string; chosen: boolean }[] {
  const found = runtimes
    .filter(({ plugin }) => plugin?.plugin === 'crun')
    .map((runtime) => ({ name: runtime.name, binary: binaryOf(runtime) ?? 'crun', chosen: runtime.chosen }));
  return found.length > 0 ? found : [{ name: 'crun', binary: 'crun', chosen: false }];
}

async function configured(system: DoctorSystem, runtime: ConfiguredRuntime): Promise<Finding> {
  const name = `runtime ${runtime.name}`;
  const { error } = runtime;
  if (error !== undefined) return fail(name, error.message, error.remedy);
  const binary = binaryOf(runtime) ?? runtime.name;
  const path = await system.find(binary);
  if (path === undefined) {
    const remedy = `Install it, or set the option "path" of the runtime ${runtime.name} to an absolute path.`;
    return fail(name, `there is no executable ${binary}${binary.includes('/') ? '' : " in the shim's PATH"}`, remedy);
  }
  const finding = await examine(system, name, path);
  return runtime.chosen && finding.verdict === 'ok' ? { ...finding, found: `${finding.found}, the default` } : finding;
}

async function unconfigured(system: DoctorSystem, binary: string): Promise<Finding> {
  const name = `runtime ${binary}`;
  const path = await system.find(binary);
  return path === undefined ? ok(name, 'not installed, and not in the config') : examine(system, name, path);
}

async function examine(system: DoctorSystem, name: string, path: string): Promise<Finding> {
  const status = await system.status(path);
  const foreign = status !== undefined && status.uid !== 0 && status.uid !== system.uid;
  if (status === undefined || foreign || (status.mode & WRITABLE_BY_OTHERS) !== 0) {
    // It is not run to find out what it is.
    return fail(name, `${path} can be written by others than root`, `chown root ${path} && chmod go-w ${path}`);
  }
  const { code, output } = await system.run(path, ['--version']);
  const [first = '', ...rest] = output.split('\n').map((line) => line.trim());
  if (code !== 0 || !VERSION_LINE.test(first)) {
    const said = first === '' ? 'nothing' : JSON.stringify(first.slice(0, 80));
    const end = code === null ? 'was killed or could not run' : `exits with ${code}`;
    return fail(name, `${path} --version ${end} and says ${said}`, 'Is it an OCI runtime, made for this machine?');
  }
  return ok(name, [first, ...extras(rest), path].join(', '));
}

/** The specification it follows and the features it was built with. */
function extras(lines: readonly string[]): string[] {
  const spec = lines.find((line) => /^spec: \S+$/.test(line));
  const built = lines.find((line) => /^(\+[A-Z_]+ ?)+$/.test(line));
  return [spec, built].filter((line) => line !== undefined);
}
