import { accessSync, constants, closeSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A user's PATH may lack the directories of root, where runc lives. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const ELF_64 = 2;
const PROGRAM_HEADER_INTERPRETER = 3;

/** Puts the system's directories at the end of PATH, for this process and its children. */
export function completePath() {
  const present = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const missing = SYSTEM_DIRECTORIES.filter((directory) => !present.includes(directory));
  process.env.PATH = [...present, ...missing].join(delimiter);
}

/** Absolute path of the first executable file of that name in PATH or a system directory. */
export function findProgram(name) {
  const directories = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...SYSTEM_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** Whether the file is an ELF program that needs no dynamic loader, so that it runs in an empty root file system. */
export function isStatic(path) {
  const fd = openSync(path, 'r');
  try {
    const header = Buffer.alloc(64 * 1024);
    const length = readSync(fd, header, 0, header.length, 0);
    return isStaticElf(header.subarray(0, length));
  } finally {
    closeSync(fd);
  }
}

function isStaticElf(bytes) {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 4) !== '\x7fELF') return false;
  const wide = bytes[4] === ELF_64;
  const table = wide ? Number(bytes.readBigUInt64LE(32)) : bytes.readUInt32LE(28);
  const entrySize = bytes.readUInt16LE(wide ? 54 : 42);
  const entries = bytes.readUInt16LE(wide ? 56 : 44);
  for (let index = 0; index < entries; index++) {
    const offset = table + index * entrySize;
    if (offset + 4 > bytes.length) return false;
    if (bytes.readUInt32LE(offset) === PROGRAM_HEADER_INTERPRETER) return false;
  }
  return true;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
