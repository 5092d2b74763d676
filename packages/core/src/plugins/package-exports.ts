import { join } from 'node:path';
import type { PackageJson } from './package-json.js';

const CONDITIONS = new Set(['node', 'import', 'default']);

/**
 * The file that `import` of a package means, relative to its directory, or undefined if `exports` has no entry for it.
 * `subpath` is `.` or starts with `./`. Patterns (`./*`) in `exports` are not read.
 */
export function entryOf(packageJson: PackageJson, subpath: string): string | undefined {
  const { exports, main } = packageJson;
  if (exports === undefined || exports === null) {
    if (subpath !== '.') return subpath;
    return typeof main === 'string' && main !== '' ? main : 'index.js';
  }
  const target = isSubpathMap(exports)
    ? Object.hasOwn(exports, subpath)
      ? exports[subpath]
      : undefined
    : onlyRoot(exports, subpath);
  return pick(target, 0) ?? undefined;
}

function onlyRoot(exports: unknown, subpath: string): unknown {
  return subpath === '.' ? exports : undefined;
}

function isSubpathMap(exports: unknown): exports is Record<string, unknown> {
  return isRecord(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
}

/** First target whose conditions hold, in the order written, as Node chooses it; null bars the way to later ones. */
function pick(target: unknown, depth: number): string | null | undefined {
  if (target === null) return null;
  if (typeof target === 'string') return staysInside(target) ? target : undefined;
  if (depth > 8) return undefined;
  if (Array.isArray(target)) {
    for (const each of target) {
      const found = pick(each, depth + 1);
      if (typeof found === 'string') return found;
    }
  } else if (isRecord(target)) {
    for (const [condition, value] of Object.entries(target)) {
      const found = CONDITIONS.has(condition) ? pick(value, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function staysInside(file: string): boolean {
  return file.startsWith('./') && !join('/', file).includes('/node_modules/') && !file.split('/').includes('..');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
