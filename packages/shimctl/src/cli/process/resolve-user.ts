import { didYouMean } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { readEtcFile } from './open-in-rootfs.js';

/** An OCI `process.user`. */
export interface OciUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids?: readonly number[];
  readonly umask?: number;
}

/** 2^32 - 1 is "no change" to the kernel. */
const LARGEST_ID = 2 ** 32 - 2;
const MOST_GROUPS = 1024;

/**
 * The user that `USER[:GROUP]` names. Numbers are taken as they are, a number without a group keeps the group of `base`;
 * names are looked up in the container's rootfs. Throws SHIM_INVALID_ARGUMENT.
 */
export async function resolveUser(text: string, base: OciUser, rootfs: () => string): Promise<OciUser> {
  const [name = '', group, ...rest] = text.split(':');
  if (name === '' || group === '' || rest.length > 0) {
    throw invalid(`${quote(text)} is not USER or USER:GROUP`, 'Give --user UID, UID:GID, or names.');
  }
  const umask = base.umask === undefined ? {} : { umask: base.umask };
  const uid = parseId(name);
  const user = uid !== undefined ? { uid, gid: base.gid } : await lookUpUser(name, rootfs(), group === undefined);
  if (group === undefined) return { ...user, ...umask };
  return { uid: user.uid, gid: parseId(group) ?? (await lookUpGroup(group, rootfs())), ...umask };
}

function parseId(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const id = Number(text);
  if (id <= LARGEST_ID) return id;
  throw invalid(`${quote(text)} is not a user or group id`, `Ids are 0 to ${LARGEST_ID}.`);
}

async function lookUpUser(name: string, rootfs: string, withGroups: boolean): Promise<OciUser> {
  const entries = parseEntries(await readEtcFile(rootfs, 'passwd'));
  const entry = entries.find(([user]) => user === name);
  const [uid, gid] = [entry?.[2], entry?.[3]].map((field) => parseId(field ?? ''));
  if (uid === undefined || gid === undefined)
    throw unknown(`user ${quote(name)}`, `${rootfs}/etc/passwd`, nearby(name, entries));
  const additionalGids = withGroups ? await groupsOf(name, gid, rootfs) : [];
  return additionalGids.length > 0 ? { uid, gid, additionalGids } : { uid, gid };
}

async function groupsOf(user: string, primary: number, rootfs: string): Promise<number[]> {
  const gids = parseEntries(await readEtcFile(rootfs, 'group'))
    .filter(([, , , members = '']) => members.split(',').includes(user))
    .map(([, , gid = '']) => parseId(gid))
    .filter((gid) => gid !== undefined && gid !== primary) as number[];
  return [...new Set(gids)].slice(0, MOST_GROUPS);
}

async function lookUpGroup(name: string, rootfs: string): Promise<number> {
  const entries = parseEntries(await readEtcFile(rootfs, 'group'));
  const gid = parseId(entries.find(([group]) => group === name)?.[2] ?? '');
  if (gid === undefined) throw unknown(`group ${quote(name)}`, `${rootfs}/etc/group`, nearby(name, entries));
  return gid;
}

function parseEntries(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.trimEnd().split(':'));
}

function nearby(name: string, entries: readonly string[][]): string {
  return didYouMean(
    name,
    entries.map(([entry = '']) => entry),
  );
}

function unknown(what: string, where: string, hint: string): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', `the container has no ${what}${hint}`, {
    where,
    remedy: "Give one of the container's names, or numbers: --user UID:GID.",
  });
}

function invalid(message: string, remedy: string): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', message, { where: '--user', remedy });
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
