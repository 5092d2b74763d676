import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PAUSE_IMAGE } from './busybox-image.mjs';

/** Plugins that look for devices and programs of the machine, or make directories outside of the root. */
const UNWANTED = [
  'io.containerd.internal.v1.opt',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
];
const CRI = 'io.containerd.grpc.v1.cri';

/**
 * The text of a config.toml, version 2: everything lies below `directory`.
 *
 * @param {import('./daemon.d.mts').DaemonOptions & { snapshotter: string }} options
 */
export function configText({ directory, snapshotter, cri }) {
  return [
    'version = 2',
    `root = ${quoted(join(directory, 'root'))}`,
    `state = ${quoted(join(directory, 'state'))}`,
    `disabled_plugins = [${[...UNWANTED, ...(cri === undefined ? [CRI] : [])].map(quoted).join(', ')}]`,
    '[grpc]',
    `address = ${quoted(join(directory, 'c.sock'))}`,
    ...(cri === undefined ? [] : criLines({ directory, snapshotter, cri })),
    '',
  ].join('\n');
}

/** overlayfs if this directory's file system can be its upper layer, which containerd finds out only when it mounts. */
export function snapshotterFor(directory) {
  const probe = mkdtempSync(join(directory, 'probe-'));
  const [lower, upper, work, merged] = ['l', 'u', 'w', 'm'].map((name) => join(probe, name));
  for (const path of [lower, upper, work, merged]) mkdirSync(path);
  const data = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  try {
    execFileSync('mount', ['-t', 'overlay', '-o', data, 'overlay', merged], { stdio: 'ignore' });
    execFileSync('umount', [merged]);
    return 'overlayfs';
  } catch {
    return 'native';
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

function criLines({ directory, snapshotter, cri }) {
  const handlers = Object.entries(cri.handlers).flatMap(([name, type]) => [
    `[plugins."${CRI}".containerd.runtimes.${quoted(name)}]`,
    `runtime_type = ${quoted(type)}`,
  ]);
  return [
    `[plugins."${CRI}"]`,
    `sandbox_image = ${quoted(PAUSE_IMAGE)}`,
    'restrict_oom_score_adj = true',
    'tolerate_missing_hugetlb_controller = true',
    'disable_hugetlb_controller = true',
    'netns_mounts_under_state_dir = true',
    'stream_server_address = "127.0.0.1"',
    'stream_server_port = "0"',
    `[plugins."${CRI}".cni]`,
    'bin_dir = "/usr/lib/cni"',
    `conf_dir = ${quoted(join(directory, 'cni'))}`,
    `[plugins."${CRI}".containerd]`,
    `snapshotter = ${quoted(snapshotter)}`,
    `default_runtime_name = ${quoted(Object.keys(cri.handlers)[0])}`,
    ...handlers,
  ];
}

/** JSON's strings are basic strings of TOML. */
function quoted(text) {
  return JSON.stringify(text);
}
