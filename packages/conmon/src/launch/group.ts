import { FRONT_END_PATH, shimdPath } from './paths.js';
import type { FrontEndGroup } from '@holdfast/core/client';

/** One shim for all containers of podman and CRI-O on this machine. */
export const GROUP = 'conmon';
export const KIND = 'conmon';

export function conmonGroup(environment: Readonly<Record<string, string | undefined>>): FrontEndGroup {
  return { group: GROUP, kind: KIND, frontEnd: FRONT_END_PATH, shimd: shimdPath(environment) };
}
