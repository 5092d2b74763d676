import type { BuiltInPlugin } from '@holdfast/core/plugins';
import logFile from '@holdfast/log-file';
import logFluentd from '@holdfast/log-fluentd';
import logJournald from '@holdfast/log-journald';
import logSyslog from '@holdfast/log-syslog';
import crun from '@holdfast/runtime-crun';
import oci from '@holdfast/runtime-oci';
import runc from '@holdfast/runtime-runc';
import { VERSION } from './version.js';

/** The plugins that come with holdfast: the one place that names them. */
export const BUILT_INS: readonly BuiltInPlugin[] = [runc, crun, oci, logFile, logJournald, logSyslog, logFluentd].map(
  (definition) => ({
    kind: definition.kind,
    name: definition.name,
    definition,
    version: VERSION,
  }),
);
