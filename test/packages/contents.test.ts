import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { execa } from 'execa';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageDirectory, packAll, type PackedPackage } from '../support/packed-packages.js';

const ROOT = join(import.meta.dirname, '..', '..');
const UNWANTED = /(^|\/)(test|tests|build|coverage|node_modules|native)\/|\.tsbuildinfo$|\.faults\.|\.log$|\.tgz$/;
const FIELDS = ['name', 'version', 'description', 'license', 'type', 'engines', 'exports', 'files', 'publishConfig'];
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

const directory = mkdtempSync(join(tmpdir(), 'hf-pack-'));
let packages: PackedPackage[];
beforeAll(async () => {
  packages = await packAll(directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

function paths({ files }: PackedPackage): string[] {
  return files.map(({ path }) => path);
}

function named(name: string): PackedPackage {
  const found = packages.find((candidate) => candidate.name === `@holdfast/${name}`);
  if (found === undefined) throw new Error(`no package ${name}`);
  return found;
}

/** Files that `exports` and `bin` name, patterns left out. */
function promised({ manifest }: PackedPackage): string[] {
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  return [...targets, ...Object.values(manifest.bin ?? {})].filter((path) => !path.includes('*')).map(posix.normalize);
}

describe('every package', () => {
  it('is there', () => {
    expect(packages.map(({ name }) => name).sort()).toEqual(
      [
        'conmon',
        'containerd-shim',
        'core',
        'log-file',
        'log-fluentd',
        'log-journald',
        'log-otlp',
        'log-syslog',
        'native',
        'runtime-crun',
        'runtime-oci',
        'runtime-runc',
        'shimctl',
        'testkit',
      ].map((name) => `@holdfast/${name}`),
    );
  });

  it('has a readme and the license, and all that its exports and bins promise', () => {
    const license = readFileSync(join(ROOT, 'LICENSE'), 'utf8');
    for (const candidate of packages) {
      const wanted = ['package.json', 'README.md', 'LICENSE', ...promised(candidate)];
      expect(
        wanted.filter((path) => !paths(candidate).includes(path)),
        candidate.name,
      ).toEqual([]);
      expect(readFileSync(join(packageDirectory(candidate.name), 'LICENSE'), 'utf8')).toBe(license);
    }
  });

  it('has nothing that is not for its users', () => {
    for (const candidate of packages) expect(paths(candidate).filter((path) => UNWANTED.test(path))).toEqual([]);
  });

  it('has the sources that its source maps name', async () => {
    for (const candidate of packages) {
      const map = 'dist/index.js.map';
      if (!paths(candidate).includes(map)) continue;
      const { stdout } = await execa('tar', ['-xzOf', candidate.tarball, `package/${map}`]);
      const { sources } = JSON.parse(stdout) as { sources: string[] };
      for (const source of sources) expect(paths(candidate)).toContain(posix.join('dist', source));
    }
  });

  it('is described, can be published, and runs nothing when it is installed', () => {
    for (const { name, manifest } of packages) {
      expect(
        FIELDS.filter((field) => !(field in manifest)),
        name,
      ).toEqual([]);
      expect(manifest['engines']).toEqual({ node: '>=20' });
      expect(manifest['private']).toBeUndefined();
      expect(manifest.publishConfig).toEqual({ access: 'public' });
      expect(Object.keys(manifest.scripts ?? {}).filter((script) => INSTALL_SCRIPTS.includes(script))).toEqual([]);
    }
  });

  it('depends on the others in the version they have', () => {
    const versions = new Map(packages.map(({ name, version }) => [name, version]));
    for (const { manifest } of packages) {
      const own = Object.entries(manifest.dependencies ?? {}).filter(([name]) => name.startsWith('@holdfast/'));
      for (const [name, version] of own) expect(version).toBe(versions.get(name));
    }
  });

  it('has nothing that publint would change', async () => {
    for (const { name, tarball } of packages) {
      const { buffer, byteOffset, byteLength } = readFileSync(tarball);
      const pack = { tarball: buffer.slice(byteOffset, byteOffset + byteLength) };
      const { messages, pkg } = await publint({ pack, strict: true });
      expect(
        messages.map((message) => formatMessage(message, pkg)),
        name,
      ).toEqual([]);
    }
  });
});

describe('single packages', () => {
  it('@holdfast/native brings addon and keeper, which can be executed', () => {
    const native = named('native');
    const prebuilt = native.files.filter(({ path }) =>
      path.startsWith(`prebuilds/${process.platform}-${process.arch}/`),
    );
    expect(prebuilt.map(({ path }) => posix.basename(path)).sort()).toEqual([
      'holdfast-keeper',
      'holdfast-launcher',
      'holdfast.node',
    ]);
    const keeper = prebuilt.find(({ path }) => path.endsWith('keeper'));
    expect((keeper?.mode ?? 0) & 0o111).toBe(0o111);
  });

  it('@holdfast/shimctl is four bundles, which know nothing of the place they were built in', async () => {
    const shimctl = named('shimctl');
    const bundles = paths(shimctl).filter((path) => path.startsWith('dist/') && !path.endsWith('.LEGAL.txt'));
    expect(bundles.sort()).toEqual(['dist/log-host.cjs', 'dist/shimctl.cjs', 'dist/shimd.cjs', 'dist/yaml.cjs']);
    expect(Object.keys(shimctl.manifest.dependencies ?? {}).sort()).toEqual(['@holdfast/native', 'ajv', 'ajv-formats']);
    for (const bundle of bundles) {
      const { stdout } = await execa('tar', ['-xzOf', shimctl.tarball, `package/${bundle}`]);
      expect(stdout.includes(ROOT), bundle).toBe(false);
      expect(/opentelemetry/i.test(stdout), `${bundle} holds what @holdfast/log-otlp brings`).toBe(false);
    }
  });

  it('@holdfast/log-otlp pins the serializer, of which it uses files that no "exports" name', () => {
    const dependencies = named('log-otlp').manifest.dependencies ?? {};
    expect(dependencies['@opentelemetry/otlp-transformer']).toMatch(/^[0-9.]+$/);
  });

  it('@holdfast/testkit leaves the choice of a vitest to its user', () => {
    const { manifest } = named('testkit');
    expect(Object.keys(manifest.peerDependencies ?? {})).toEqual(['vitest']);
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual(['@holdfast/core', '@holdfast/native']);
  });
});
