import type { ContainerRef } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';

/** The error, whose remedy names the container where it says `shimctl COMMAND ID`. */
export function nameInRemedy(error: ShimError, { namespace, id }: ContainerRef): ShimError {
  const flags = namespace === 'default' ? '' : ` --namespace ${namespace}`;
  const remedy = error.remedy.replaceAll(
    /`shimctl( [a-z-]+(?: --force)?) ID\b/g,
    (_, command: string) => `\`shimctl${flags}${command} ${id}`,
  );
  if (remedy === error.remedy) return error;
  const { code, message, where, cause } = error;
  return new ShimError(code, message, { remedy, cause, ...(where !== undefined && { where }) });
}
