import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRootfs } from '../busybox-bundle.mjs';

const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const NAME_ANNOTATION = 'io.containerd.image.name';
const PATH = 'PATH=/bin:/sbin:/usr/bin:/usr/sbin';

/** What the archive holds: an image to run commands in, and one that sleeps, for pods. */
export const IMAGE = 'holdfast.test/busybox:1';
export const PAUSE_IMAGE = 'holdfast.test/pause:1';
const IMAGES = { [IMAGE]: { Cmd: ['sh'] }, [PAUSE_IMAGE]: { Entrypoint: ['sleep', '2147483647'] } };

/** Everything that makes one archive differ from another is fixed, so that its layer is the same in every run. */
const TAR = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '-cf'];

/** Makes an OCI archive for `ctr images import` below `directory`, from the busybox of this machine. Returns its path, at once if it is there. */
export function busyboxImage(directory) {
  const archive = join(directory, 'holdfast-image.tar');
  if (existsSync(archive)) return archive;
  const work = join(directory, `holdfast-image.${process.pid}`);
  mkdirSync(work);
  writeLayout(work);
  const unfinished = join(work, 'archive');
  execFileSync('tar', [...TAR, unfinished, '-C', join(work, 'layout'), '.']);
  renameSync(unfinished, archive);
  rmSync(work, { recursive: true, force: true });
  return archive;
}

function writeLayout(work) {
  const layout = join(work, 'layout');
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  makeRootfs(join(work, 'rootfs'));
  execFileSync('tar', [...TAR, join(work, 'layer'), '-C', join(work, 'rootfs'), '.']);
  const layer = writeBlob(layout, LAYER, readFileSync(join(work, 'layer')));
  const manifests = Object.entries(IMAGES).map(([name, config]) => ({
    ...writeImage(layout, layer, config),
    annotations: { [NAME_ANNOTATION]: name },
  }));
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
}

function writeImage(layout, layer, settings) {
  const config = writeJson(layout, CONFIG, {
    os: 'linux',
    architecture: { x64: 'amd64' }[process.arch] ?? process.arch,
    config: { Env: [PATH], ...settings },
    // Of a layer that isn't compressed the digest is that of its content.
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  return writeJson(layout, MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] });
}

function writeJson(layout, mediaType, value) {
  return writeBlob(layout, mediaType, Buffer.from(JSON.stringify(value)));
}

function writeBlob(layout, mediaType, bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(layout, 'blobs', 'sha256', hash), bytes);
  return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
}
