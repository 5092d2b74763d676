import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const CHECK_EVERY_MS = 200;
const SHIM_COMMAND = /holdfast-keeper|shimd(\.[a-z-]+)*\.cjs|containerd/;
const RUNTIME_COMMAND = /(^|\/)(runc|crun)(\0|$)/;

/**
 * What is still there that belongs to one of `places` (parts of paths, such as the temporary directory of a test run):
 * keepers, shimds, containerds, shims and runtimes that name one in their command line, containers whose root file system or
 * mounts lie below one, and mounts below one.
 *
 * @param {readonly string[]} places
 * @returns {string[]} a line for each
 */
export function findLeaks(places) {
  const isOurs = (text) => places.some((place) => text.includes(place));
  return [...leakedProcesses(isOurs), ...leakedMounts(isOurs)];
}

/** Waits until nothing is left, or the time is up: a keeper stays for a moment after its last container. */
export async function settledLeaks(places, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  let leaks = findLeaks(places);
  while (leaks.length > 0 && Date.now() < deadline) {
    await delay(CHECK_EVERY_MS);
    leaks = findLeaks(places);
  }
  return leaks;
}

function leakedProcesses(isOurs) {
  const ownMounts = read('/proc/self/mountinfo');
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => describeProcess(pid, isOurs, ownMounts))
    .filter((line) => line !== undefined);
}

function describeProcess(pid, isOurs, ownMounts) {
  const command = read(`/proc/${pid}/cmdline`);
  const shown = `pid ${pid}: ${command.replaceAll('\0', ' ').trim().slice(0, 200)}`;
  if (SHIM_COMMAND.test(command) && isOurs(command)) return shown;
  if (RUNTIME_COMMAND.test(command) && isOurs(command)) return shown;
  const mounts = read(`/proc/${pid}/mountinfo`);
  if (mounts !== ownMounts && isOurs(mounts)) return `container process, ${shown}`;
  return undefined;
}

function leakedMounts(isOurs) {
  return read('/proc/self/mountinfo')
    .split('\n')
    .filter(isOurs)
    .map((line) => `mount at ${line.split(' ')[4]}`);
}

/** The process may end at any moment; then there is nothing to read. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
