import { native } from '@holdfast/native';
import type { PluginLogger } from '../../plugin/plugin-context.js';
import { ACCOUNT_NUMBERS, DriverAccount } from './driver-account.js';

/** Of what the file holds. */
const LAYOUT = 1;

export interface AccountsOptions {
  /** Left out: nothing outlives shimd. */
  readonly path: string | undefined;
  readonly drivers: number;
  readonly logger: PluginLogger;
}

/** The accounts of a container's drivers, in a file that is mapped into memory: keeping them costs no system call. */
export function openAccounts(options: AccountsOptions): DriverAccount[] {
  const numbers = open(options);
  if (numbers[0] !== LAYOUT) numbers.fill(0);
  numbers[0] = LAYOUT;
  return Array.from({ length: options.drivers }, (_, i) => {
    const from = (i + 1) * ACCOUNT_NUMBERS;
    return new DriverAccount(numbers.subarray(from, from + ACCOUNT_NUMBERS));
  });
}

function open({ path, drivers, logger }: AccountsOptions): Float64Array {
  const length = (drivers + 1) * ACCOUNT_NUMBERS;
  if (path === undefined) return new Float64Array(length);
  try {
    return new Float64Array(native.mapFile(path, length * Float64Array.BYTES_PER_ELEMENT));
  } catch (error) {
    logger.error({ err: error, path }, 'what waits for log drivers would not be counted after a kill of shimd');
    return new Float64Array(length);
  }
}
