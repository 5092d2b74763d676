import type { CreateContainerRequest, Handed } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';
import type { RequestRecord } from '../state/container-record.js';

/** Makes the unit's part of the record. Throws SHIM_INVALID_ARGUMENT. */
export function unitRecord(
  request: CreateContainerRequest,
  handed: Handed,
  instance: string,
): Pick<RequestRecord, 'listenFds' | 'notify' | 'unitCgroup'> {
  const { listenFds, notify, withUnit } = request;
  const given = handed.descriptors?.length ?? 0;
  if (given !== (request.preserveFds?.length ?? 0)) throw invalid('the descriptors of preserveFds did not come along');
  if (listenFds !== undefined && listenFds.count > given) {
    throw invalid(`listenFds.count is ${listenFds.count}, of ${given} descriptors in preserveFds`);
  }
  return {
    ...(listenFds === undefined ? {} : { listenFds }),
    ...(notify === undefined ? {} : { notify }),
    ...(withUnit === true ? { unitCgroup: unitCgroup(request, handed, instance) } : {}),
  };
}

function unitCgroup(request: CreateContainerRequest, { cgroup }: Handed, instance: string): string {
  if (request.config.runtime.options['systemdCgroup'] === true) {
    throw new ShimError(
      'SHIM_INVALID_ARGUMENT',
      'withUnit: with systemdCgroup systemd makes a scope for the container',
      {
        where: `runtime ${request.config.runtime.name}`,
        remedy: 'Let the unit stop the container with ExecStop, or use a runtime without systemdCgroup.',
      },
    );
  }
  if (cgroup === undefined) throw invalid("withUnit: the caller's cgroup did not come along");
  // The kernel names no longer cgroup than 255 bytes; namespace and id together may be.
  return `${cgroup}/holdfast-${instance}`;
}

function invalid(message: string): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', message);
}
