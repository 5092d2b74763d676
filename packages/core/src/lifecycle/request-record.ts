import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { CreateContainerRequest } from '../api/documents.js';
import { needsDerivedBundle, writeDerivedBundle } from '../bundle/derive-bundle.js';
import type { Bundle } from '../bundle/read-bundle.js';
import { stopSignalOf } from '../bundle/stop-signal.js';
import { bootId } from '../reaper/process-identity.js';
import { STATE_SCHEMA, type RequestRecord } from '../state/container-record.js';
import { NEW_RUNTIME_RECORD } from '../state/container-records.js';
import { writeJson } from '../state/json-file.js';

/** What is recorded of a request before anything is done. */
export function requestRecord(
  request: CreateContainerRequest,
  bundle: Bundle,
  place: { directory: string; group: string; now: Date },
): RequestRecord {
  const { namespace, id, requestId, config, stdin, autoRemove } = request;
  const namespaces = bundle.spec.linux?.namespaces ?? [];
  return {
    schema: STATE_SCHEMA,
    namespace,
    id,
    instance: randomUUID(),
    group: place.group,
    requestId,
    bootId: bootId(),
    createdAt: place.now.toISOString(),
    bundle: request.bundle,
    runtimeBundle: needsDerivedBundle(bundle) ? join(place.directory, 'bundle') : request.bundle,
    config,
    stdin,
    autoRemove,
    annotations: bundle.spec.annotations ?? {},
    labels: request.labels ?? {},
    stopSignal: stopSignalOf(bundle.spec),
    ownPidNamespace: namespaces.some((entry) => entry.type === 'pid' && entry.path === undefined),
  };
}

/** Writes all that a new container's directory holds. */
export async function writeNewContainer(draft: string, record: RequestRecord, bundle: Bundle): Promise<void> {
  await writeJson(join(draft, 'runtime.json'), NEW_RUNTIME_RECORD);
  await writeJson(join(draft, 'request.json'), record);
  if (record.runtimeBundle === record.bundle) return;
  const systemd = record.config.runtime.options['systemdCgroup'] === true;
  await writeDerivedBundle(join(draft, 'bundle'), bundle, record, systemd);
}
