import { maskOf, type Mask } from '../config/mask.js';
import type { ResolvedPlugin } from '../config/container-config.js';
import { secretsIn } from '../config/secrets.js';
import type { PluginDefinition } from '../plugin/define-plugin.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { maskValue } from './mask-value.js';

/** The mask for what a plugin says; undefined if its options hold no secret. */
export function maskFor({ optionsSchema }: PluginDefinition, options: ResolvedPlugin['options']): Mask | undefined {
  return maskOf(options, secretsIn(optionsSchema, options));
}

/** `logger` without secrets. */
export function maskedLogger(logger: PluginLogger, mask: Mask | undefined): PluginLogger {
  if (mask === undefined) return logger;
  const through = (level: keyof PluginLogger) => (fields: object, message: string) =>
    logger[level](maskValue(fields, mask) as object, mask(message));
  return { debug: through('debug'), info: through('info'), warn: through('warn'), error: through('error') };
}

/** A plugin's instance whose errors and words about its health hold no secret; what it reads or returns else is not touched. */
export function maskedInstance<T extends object>(instance: T, mask: Mask | undefined): T {
  if (mask === undefined) return instance;
  return new Proxy(instance, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const result = attempt(mask, () => Reflect.apply(member, target, args) as unknown);
        if (name === 'health') return maskValue(result, mask);
        return isPromise(result) ? result.catch((error: unknown) => rethrow(error, mask)) : result;
      };
    },
  });
}

function attempt<T>(mask: Mask, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return rethrow(error, mask);
  }
}

function rethrow(error: unknown, mask: Mask): never {
  throw maskValue(error, mask);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
