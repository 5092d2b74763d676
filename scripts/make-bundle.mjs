// make-bundle.mjs DIRECTORY -- COMMAND...: an OCI bundle with a busybox root file system, to try holdfast with.
import { resolve } from 'node:path';
import { makeBundle } from './lib/busybox-bundle.mjs';
import { Complaint, runMain } from './lib/run.mjs';

await runMain((args) => {
  const [directory, separator, ...command] = args;
  if (directory === undefined || separator !== '--' || command.length === 0) {
    throw new Complaint('usage: node scripts/make-bundle.mjs DIRECTORY -- COMMAND...');
  }
  makeBundle({ directory: resolve(directory), args: command });
});
