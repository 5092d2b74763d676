import { whole } from './whole.js';

const COUNT = { type: 'integer', minimum: 0 } as const;
const counts = whole({ bytes: COUNT, records: COUNT });
const driver = whole({
  records: COUNT,
  bytes: COUNT,
  queuedRecords: COUNT,
  queuedBytes: COUNT,
  spilledBytes: COUNT,
  failures: COUNT,
  restarts: COUNT,
});

/** Schemas of what is in `counter-documents.ts`. */
export const output = whole({ stdout: counts, stderr: counts });
export const counters = whole({
  output,
  drivers: { type: 'object', additionalProperties: driver },
  execs: COUNT,
});
