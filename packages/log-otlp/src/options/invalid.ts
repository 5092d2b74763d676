import { ShimError } from '@holdfast/core/plugin';

/** SHIM_CONFIG_INVALID that names the option. */
export function invalid(option: string, message: string, remedy?: string): ShimError {
  const where = `options.${option}`;
  return new ShimError('SHIM_CONFIG_INVALID', `${option} ${message}`, {
    where,
    ...(remedy !== undefined && { remedy }),
  });
}
