import { readdirSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';
import { checkIdentifier, isIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';
import { openDirectoryBelow, readFileBelow, withDirectory, type OpenDirectory } from './open-below.js';
import { checkPrivate, openRoot } from './state-root.js';

const REQUEST_FILE = 'request.json';
const REQUEST_MAX_BYTES = 4 << 20;
const KNOWN_SCHEMA = 1;

/** A container as its state directory tells, without asking a shim. */
export interface LocatedContainer extends ContainerRef {
  /** undefined if the state can't be read; `error` says why. */
  readonly group: string | undefined;
  readonly instance: string;
  readonly error: ShimError | undefined;
}

/** The group that serves a container. Throws SHIM_CONTAINER_NOT_FOUND, SHIM_STATE_INSECURE, SHIM_STATE_CORRUPT or SHIM_STATE_NEWER. */
export function locateGroup(layout: StateLayout, ref: ContainerRef): string {
  checkIdentifier(ref.namespace, 'namespace');
  checkIdentifier(ref.id, 'container id');
  const request = below(layout, layout.container(ref), readRequest);
  if (request === undefined) {
    const message = `there is no container ${ref.id} in namespace ${ref.namespace}`;
    throw new ShimError('SHIM_CONTAINER_NOT_FOUND', message, { where: layout.container(ref) });
  }
  return request.group;
}

/** Every container of a namespace, or of all of them. Throws SHIM_STATE_INSECURE. */
export function locateContainers(layout: StateLayout, namespace?: string): LocatedContainer[] {
  if (namespace !== undefined) checkIdentifier(namespace, 'namespace');
  const namespaces = namespace === undefined ? (below(layout, layout.namespaces, list) ?? []) : [namespace];
  return namespaces.flatMap((name) => {
    const ids = below(layout, layout.namespace(name), list) ?? [];
    return ids.flatMap((id) => locate(layout, { namespace: name, id }));
  });
}

function locate(layout: StateLayout, ref: ContainerRef): LocatedContainer[] {
  try {
    const request = below(layout, layout.container(ref), readRequest);
    return request === undefined ? [] : [{ ...ref, ...request, error: undefined }];
  } catch (error) {
    if (!(error instanceof ShimError)) throw error;
    return [{ ...ref, group: undefined, instance: '', error }];
  }
}

/** Opens one directory after the other; undefined if one, or what `use` opens, does not exist. */
function below<T>(layout: StateLayout, path: string, use: (directory: OpenDirectory) => T): T | undefined {
  const descend = (directory: OpenDirectory, rest: readonly string[]): T =>
    withDirectory(directory, () => {
      const [name, ...others] = rest;
      if (name === undefined) return use(directory);
      return descend(checkPrivate(openDirectoryBelow(directory, name)), others);
    });
  const root = openRoot(layout.root);
  if (root === undefined) return undefined;
  try {
    return descend(root, relative(layout.root, path).split(sep));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Names that can't be identifiers are no containers (what is being made or removed may have one), and nor are plain files.
 * Links are kept, and refused where they are opened.
 */
function list(directory: OpenDirectory): string[] {
  const entries = readdirSync(`/proc/self/fd/${directory.fd}`, { withFileTypes: true });
  return entries.flatMap((entry) => (!entry.isFile() && isIdentifier(entry.name) ? [entry.name] : [])).sort();
}

function readRequest(directory: OpenDirectory): { group: string; instance: string } {
  const where = `${directory.path}/${REQUEST_FILE}`;
  const text = readFileBelow(directory, REQUEST_FILE, REQUEST_MAX_BYTES).toString('utf8');
  const { schema, group, instance } = parse(text, where);
  if (typeof group === 'string' && isIdentifier(group)) {
    return { group, instance: typeof instance === 'string' ? instance : '' };
  }
  if (typeof schema === 'number' && schema > KNOWN_SCHEMA) {
    throw new ShimError('SHIM_STATE_NEWER', `the container's state has schema ${schema}`, { where });
  }
  throw new ShimError('SHIM_STATE_CORRUPT', "the container's state names no group", { where });
}

function parse(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new ShimError('SHIM_STATE_CORRUPT', "the container's state is not JSON", { where, cause });
  }
}
