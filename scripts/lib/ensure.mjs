import { completePath, findProgram } from './find-program.mjs';
import { missingNpmPackages, missingSystemPackages } from './requirements.mjs';
import { Complaint, runOrThrow } from './run.mjs';

const LEAST_NODE = 20;
/** Where systemd runs, packages would start their services, of which the tests need none. */
const APT_ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1' };
const APT_UPDATE = ['apt-get', 'update'];
const APT_INSTALL = ['apt-get', 'install', '-y', '--no-install-recommends'];
const NPM_INSTALL = ['npm', 'ci', '--ignore-scripts'];

/**
 * Installs what is missing, each command printed before it runs. Throws a Complaint that says what to do where it can't.
 *
 * @param {object} options
 * @param {boolean} options.install false: nothing is installed; a Complaint lists what is missing, with the commands
 * @param {boolean} [options.containers] real containers are going to run: needs root
 * @param {string[]} [options.also] optional entries of the table of requirements
 */
export async function ensure({ install, containers = false, also = [] }) {
  checkPlatform();
  completePath();
  const missing = { system: missingSystemPackages(also), npm: missingNpmPackages() };
  const commands = installCommands(missing);
  if (commands.length > 0 && !install) throw new Complaint(listOf(missing, commands, '--no-install was given'));
  if (missing.system.length > 0) checkApt(missing, commands);
  if (containers && !isRoot()) throw new Complaint('real containers need root: run this as root.');
  for (const { argv, environment } of commands) {
    console.log(`$ ${shown({ argv, environment })}`);
    await runOrThrow(argv[0], argv.slice(1), { env: { ...process.env, ...environment } });
  }
  if (commands.length > 0) checkResult(also);
}

/** Whether the arguments allow an installation; and the arguments without that flag. */
export function takeInstallFlag(args) {
  return { install: !args.includes('--no-install'), rest: args.filter((argument) => argument !== '--no-install') };
}

function checkPlatform() {
  if (process.platform !== 'linux')
    throw new Complaint(`holdfast runs on Linux only, and this is ${process.platform}.`);
  const major = Number(process.versions.node.split('.')[0]);
  if (major < LEAST_NODE) throw new Complaint(`Node ${LEAST_NODE} or newer is needed, and this is ${process.version}.`);
}

function installCommands({ system, npm }) {
  const commands = [];
  if (system.length > 0) {
    commands.push({ argv: APT_UPDATE, environment: {} });
    commands.push({ argv: [...APT_INSTALL, ...system], environment: APT_ENVIRONMENT });
  }
  if (npm.length > 0) commands.push({ argv: NPM_INSTALL, environment: {} });
  return commands;
}

function checkApt(missing, commands) {
  if (findProgram('apt-get') === undefined) {
    const packages = missing.system.join(', ');
    throw new Complaint(
      `missing: ${packages} (names of Debian packages). There is no apt-get here: install them yourself.`,
    );
  }
  if (!isRoot()) throw new Complaint(listOf(missing, commands, 'only root can install it'));
}

/** An installation may succeed and leave the thing missing: a held package, a PATH that hides it. */
function checkResult(also) {
  const missing = { system: missingSystemPackages(also), npm: missingNpmPackages() };
  if (installCommands(missing).length > 0)
    throw new Complaint(`still missing after the installation: ${namesOf(missing)}`);
}

function listOf(missing, commands, why) {
  const lines = [`missing: ${namesOf(missing)} (${why}). To install it, run:`];
  return [...lines, ...commands.map((command) => `  ${shown(command)}`)].join('\n');
}

function namesOf({ system, npm }) {
  const first = npm.slice(0, 3).map((path) => path.replace(/^.*node_modules\//, ''));
  const more = npm.length > first.length ? [`${npm.length - first.length} more npm packages`] : [];
  return [...system, ...first, ...more].join(', ');
}

function shown({ argv, environment }) {
  return [...Object.entries(environment).map(([name, value]) => `${name}=${value}`), ...argv].join(' ');
}

function isRoot() {
  return process.getuid() === 0;
}
