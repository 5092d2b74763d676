import { ShimError } from '@holdfast/core/plugin';
import { isObject } from '../process/read-file.js';
import { parseCpus, parseLimit, parseList, parseSizeLimit, parseWhole } from './parse-limits.js';

/** Limits as given on the command line. */
export interface ResourceFlags {
  readonly memory?: string;
  readonly memorySwap?: string;
  readonly cpus?: string;
  readonly cpuQuota?: string;
  readonly cpuPeriod?: string;
  readonly cpuShares?: string;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  readonly pidsLimit?: string;
  readonly blkioWeight?: string;
}

/** The kernel's own. */
const DEFAULT_PERIOD_US = 100_000;

/** `linux.resources` of the flags, laid over `base`. Throws SHIM_USAGE. */
export function buildResources(flags: ResourceFlags, base: Record<string, unknown>): Record<string, unknown> {
  const resources = { ...base };
  lay(resources, 'memory', memoryOf(flags));
  lay(resources, 'cpu', cpuOf(flags));
  lay(
    resources,
    'pids',
    given('limit', flags.pidsLimit, (text) => parseLimit(text, '--pids-limit')),
  );
  lay(resources, 'blockIO', given('weight', flags.blkioWeight, weightOf));
  if (Object.keys(resources).length > 0) return resources;
  throw new ShimError('SHIM_USAGE', 'update: nothing to change', { remedy: 'Name a limit, such as --memory 64m.' });
}

function memoryOf({ memory, memorySwap }: ResourceFlags): object {
  return {
    ...given('limit', memory, (text) => parseSizeLimit(text, '--memory')),
    ...given('swap', memorySwap, (text) => parseSizeLimit(text, '--memory-swap')),
  };
}

function cpuOf(flags: ResourceFlags): object {
  const { cpus, cpuQuota, cpuPeriod, cpuShares, cpusetCpus, cpusetMems } = flags;
  if (cpus !== undefined && cpuQuota !== undefined) {
    throw new ShimError('SHIM_USAGE', 'a quota is given twice', {
      where: '--cpus, --cpu-quota',
      remedy: 'Give one of the two.',
    });
  }
  const period = given('period', cpuPeriod, (text) => parseWhole(text, '--cpu-period', { least: 1_000, most: 1e6 }));
  return {
    ...period,
    ...(cpus === undefined ? {} : quotaOf(parseCpus(cpus, '--cpus'), period.period ?? DEFAULT_PERIOD_US)),
    ...given('quota', cpuQuota, (text) => parseLimit(text, '--cpu-quota')),
    ...given('shares', cpuShares, (text) => parseWhole(text, '--cpu-shares', { least: 2, most: 262_144 })),
    ...given('cpus', cpusetCpus, (text) => parseList(text, '--cpuset-cpus')),
    ...given('mems', cpusetMems, (text) => parseList(text, '--cpuset-mems')),
  };
}

/** The kernel takes a quota of a millisecond or more. */
function quotaOf(cpus: number, period: number): { quota: number; period: number } {
  return { quota: Math.max(1_000, Math.round(cpus * period)), period };
}

function weightOf(text: string): number {
  return parseWhole(text, '--blkio-weight', { least: 10, most: 1_000 });
}

function given<K extends string, T>(
  key: K,
  text: string | undefined,
  parse: (text: string) => T,
): Partial<Record<K, T>> {
  return text === undefined ? {} : ({ [key]: parse(text) } as Partial<Record<K, T>>);
}

/** Lays `part` over the object under `key`, if there is anything in it. */
function lay(resources: Record<string, unknown>, key: string, part: object): void {
  if (Object.keys(part).length === 0) return;
  const base = resources[key];
  resources[key] = { ...(isObject(base) ? base : {}), ...part };
}
