import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle, makeRootfs } from '../lib/busybox-bundle.mjs';

/** The shell prints by itself: an external program would take the SIGPIPE in its place. */
export const TICKER = `#!/bin/sh
trap 'echo "got SIGPIPE" > /out/fate; exit 1' PIPE
trap 'echo "asked to stop"; exit 0' TERM
n=0
while true; do
  n=$((n + 1))
  echo "line $n"
  sleep 1
done
`;

/** Everything that the demo leaves on the disk lies below one directory. */
export function placesBelow(directory) {
  return {
    directory,
    config: join(directory, 'config.json'),
    runcRoot: join(directory, 'runc'),
    naive: { id: 'naive', bundle: join(directory, 'naive'), fate: join(directory, 'naive/out/fate') },
    held: { id: 'held', bundle: join(directory, 'held'), fate: join(directory, 'held/out/fate') },
  };
}

/** Two bundles with one root file system, and a config that keeps state and logs below the demo's directory. */
export function makeBundles(places) {
  const rootfs = join(places.directory, 'rootfs');
  makeRootfs(rootfs);
  writeFileSync(join(rootfs, 'bin/ticker'), TICKER, { mode: 0o755 });
  for (const { bundle } of [places.naive, places.held]) {
    const out = join(bundle, 'out');
    mkdirSync(out, { recursive: true });
    makeBundle({ directory: bundle, rootfs, args: ['ticker'], mounts: [{ source: out, destination: '/out' }] });
  }
  const config = { runtime: 'runc', root: join(places.directory, 'run'), logRoot: join(places.directory, 'log') };
  writeFileSync(places.config, `${JSON.stringify(config, null, 2)}\n`);
}
