import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const ROOT = join(import.meta.dirname, '..', '..');

/** A package as it would be published. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the .tgz. */
  readonly tarball: string;
  readonly files: readonly { readonly path: string; readonly mode: number; readonly size: number }[];
  readonly manifest: Manifest;
}

/** What tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string };
  readonly [key: string]: unknown;
}

/** Packs every workspace into `directory`, with what has been built. */
export async function packAll(directory: string): Promise<PackedPackage[]> {
  const args = ['pack', '--workspaces', '--json', '--ignore-scripts', '--pack-destination', directory];
  const { stdout } = await execa('npm', args, { cwd: ROOT, stderr: 'ignore' });
  const packed = JSON.parse(stdout) as (Omit<PackedPackage, 'tarball' | 'manifest'> & { filename: string })[];
  return packed.map(({ filename, ...rest }) => ({
    ...rest,
    tarball: join(directory, filename),
    manifest: JSON.parse(readFileSync(join(packageDirectory(rest.name), 'package.json'), 'utf8')) as Manifest,
  }));
}

/** Where the package is in this repository. */
export function packageDirectory(name: string): string {
  return join(ROOT, 'packages', name.replace('@holdfast/', ''));
}
