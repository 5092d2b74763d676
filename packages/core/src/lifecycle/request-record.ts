import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { CreateContainerRequest } from '../api/documents.js';
import { additionsOf, type BundleAdditions } from '../bundle/additions.js';
import { needsDerivedBundle, writeDerivedBundle } from '../bundle/derive-bundle.js';
import type { Bundle } from '../bundle/read-bundle.js';
import { stopSignalOf } from '../bundle/stop-signal.js';
import { bootId } from '../reaper/process-identity.js';
import { STATE_SCHEMA, type RequestRecord } from '../state/container-record.js';
import { NEW_RUNTIME_RECORD } from '../state/container-records.js';
import { writeJson } from '../state/json-file.js';
import type { Making } from './making.js';
import { unitRecord } from './unit-request.js';

/** What is recorded of a request before anything is done. */
export function requestRecord(
  request: CreateContainerRequest,
  bundle: Bundle,
  place: { directory: string; group: string; now: Date; making?: Omit<Making, 'prepare'> },
): RequestRecord {
  const { namespace, id, requestId, config, stdin, autoRemove } = request;
  const terminal = request.terminal ?? bundle.spec.process.terminal === true;
  const namespaces = bundle.spec.linux?.namespaces ?? [];
  const instance = randomUUID();
  const unit = unitRecord(request, place.making ?? {}, instance);
  const additions = { ...additionsOf(unit, place.directory, unit.unitCgroup), ...terminalOf(terminal, bundle) };
  return {
    schema: STATE_SCHEMA,
    namespace,
    id,
    instance,
    group: place.group,
    requestId,
    bootId: bootId(),
    createdAt: place.now.toISOString(),
    bundle: request.bundle,
    runtimeBundle: needsDerivedBundle(bundle, additions) ? join(place.directory, 'bundle') : request.bundle,
    config,
    stdin,
    terminal,
    ...sizeOf(request, bundle),
    ...(place.making?.stdio === undefined || terminal ? {} : { givenStdio: true as const }),
    ...(request.forward === undefined ? {} : { forward: request.forward }),
    autoRemove,
    annotations: bundle.spec.annotations ?? {},
    labels: request.labels ?? {},
    stopSignal: stopSignalOf(bundle.spec),
    ownPidNamespace: namespaces.some((entry) => entry.type === 'pid' && entry.path === undefined),
    ...unit,
  };
}

/** Writes all that a new container's directory holds, which `draft` is going to be. */
export async function writeNewContainer(
  draft: string,
  record: RequestRecord,
  { bundle, root }: { readonly bundle: Bundle; readonly root: string },
): Promise<void> {
  await writeJson(join(draft, 'runtime.json'), NEW_RUNTIME_RECORD);
  await writeJson(join(draft, 'request.json'), record);
  if (record.runtimeBundle === record.bundle) return;
  const systemd = record.config.runtime.options['systemdCgroup'] === true;
  const added = additionsOf(record, dirname(record.runtimeBundle), record.unitCgroup);
  const additions = { ...added, ...terminalOf(record.terminal === true, bundle) };
  await writeDerivedBundle(join(draft, 'bundle'), bundle, { ref: record, root, systemd, additions });
}

/** What the spec has to say instead of what it says. */
function terminalOf(terminal: boolean, { spec }: Bundle): Pick<BundleAdditions, 'terminal'> {
  return terminal === (spec.process.terminal === true) ? {} : { terminal };
}

/** The starter's, or the spec's own. */
function sizeOf({ terminalSize }: CreateContainerRequest, { spec }: Bundle): Pick<RequestRecord, 'terminalSize'> {
  if (terminalSize !== undefined) return { terminalSize };
  const { consoleSize } = spec.process;
  return consoleSize === undefined ? {} : { terminalSize: { rows: consoleSize.height, columns: consoleSize.width } };
}
