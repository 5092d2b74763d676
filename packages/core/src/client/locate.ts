import { readdirSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import { checkIdentifier, isIdentifier } from '../state/identifiers.js';
import { nameInRemedy } from '../state/name-in-remedy.js';
import type { StateLayout } from '../state/layout.js';
import { openDirectoryBelow, readFileBelow, withDirectory, type OpenDirectory } from './open-below.js';
import { checkPrivate, openRoot } from './state-root.js';

const REQUEST_FILE = 'request.json';
const REQUEST_MAX_BYTES = 4 << 20;
const KNOWN_SCHEMA = 1;

/** What a request tells without its shim; empty texts for what it does not. */
interface KnownContainer {
  readonly instance: string;
  readonly createdAt?: string;
  readonly bundle?: string;
  /** Its name in the config. */
  readonly runtime?: string;
}

type Found = KnownContainer & { readonly group: string };

/** A container as its state directory tells, without asking a shim. */
export interface LocatedContainer extends ContainerRef, KnownContainer {
  /** undefined if the state can't be read; `error` says why. */
  readonly group: string | undefined;
  readonly error: ShimError | undefined;
}

/** The group that serves a container. Throws SHIM_CONTAINER_NOT_FOUND, SHIM_STATE_INSECURE, SHIM_STATE_CORRUPT or SHIM_STATE_NEWER. */
export function locateGroup(layout: StateLayout, ref: ContainerRef): string {
  checkIdentifier(ref.namespace, 'namespace');
  checkIdentifier(ref.id, 'container id');
  const request = find(layout, ref);
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
    const request = find(layout, ref);
    return request === undefined ? [] : [{ ...ref, ...request, error: undefined }];
  } catch (error) {
    if (!(error instanceof ShimError)) throw error;
    return [{ ...ref, group: undefined, instance: '', error }];
  }
}

/** What its request tells. Throws what says that it can't be read, with a remedy for this container. */
function find(layout: StateLayout, ref: ContainerRef): Found | undefined {
  try {
    return below(layout, layout.container(ref), (directory) => readRequest(directory, ref));
  } catch (error) {
    throw isShimError(error) ? nameInRemedy(error, ref) : error;
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

function readRequest(directory: OpenDirectory, ref: ContainerRef): Found | undefined {
  const where = `${directory.path}/${REQUEST_FILE}`;
  const record = parse(readText(directory, where), where);
  const { schema, group, namespace = ref.namespace, id = ref.id } = record;
  if (namespace !== ref.namespace || id !== ref.id) {
    throw new ShimError('SHIM_STATE_CORRUPT', "the container's state is that of another container", { where });
  }
  if (typeof group === 'string' && isIdentifier(group)) return { group, ...knownOf(record) };
  if (typeof schema === 'number' && schema > KNOWN_SCHEMA) {
    throw new ShimError('SHIM_STATE_NEWER', `the container's state has schema ${schema}`, { where });
  }
  throw new ShimError('SHIM_STATE_CORRUPT', "the container's state names no group", { where });
}

/** A directory without a record is nobody's container; an empty one holds no id. */
function readText(directory: OpenDirectory, where: string): string {
  try {
    return readFileBelow(directory, REQUEST_FILE, REQUEST_MAX_BYTES).toString('utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!missing || readdirSync(`/proc/self/fd/${directory.fd}`).length === 0) throw error;
    throw new ShimError('SHIM_STATE_CORRUPT', 'what is there is no container: it has no request.json', { where });
  }
}

function knownOf({ instance, createdAt, bundle, config }: Readonly<Record<string, unknown>>): KnownContainer {
  const runtime = (config as { runtime?: { name?: unknown } } | null | undefined)?.runtime?.name;
  return { instance: text(instance), createdAt: text(createdAt), bundle: text(bundle), runtime: text(runtime) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parse(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new ShimError('SHIM_STATE_CORRUPT', "the container's state is not JSON", { where, cause });
  }
}
