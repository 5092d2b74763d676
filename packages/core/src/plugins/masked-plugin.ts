import { maskOf, type Mask } from '../config/mask.js';
import type { ResolvedPlugin } from '../config/container-config.js';
import { secretsIn } from '../config/secrets.js';
import type { PluginDefinition } from '../plugin/define-plugin.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { maskValue } from './mask-value.js';
import { toldError } from './told-error.js';

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

/** What a plugin threw, without secrets. */
export function maskedError(error: unknown, mask: Mask | undefined): unknown {
  return mask === undefined ? error : toldError(error, mask);
}

/** A plugin's instance whose errors and words about its health hold no secret; the records that it reads back are not touched. */
export function maskedInstance<T extends object>(instance: T, mask: Mask | undefined): T {
  if (mask === undefined) return instance;
  // The target is empty: of a frozen one a proxy must show each member as it is.
  return new Proxy({} as T, {
    has: (_target, name) => name in instance,
    get(_target, name): unknown {
      const member: unknown = Reflect.get(instance, name, instance);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown =>
        maskedCall(String(name), mask, () => Reflect.apply(member, instance, args));
    },
  });
}

function maskedCall(name: string, mask: Mask, call: () => unknown): unknown {
  try {
    const result = call();
    if (name === 'health') return maskValue(result, mask);
    if (isThenable(result)) return settled(result).catch((error: unknown) => rethrow(error, mask));
    return isIterable(result) ? maskedItems(result, mask) : result;
  } catch (error) {
    return rethrow(error, mask);
  }
}

async function* maskedItems(items: AsyncIterable<unknown>, mask: Mask): AsyncGenerator<unknown> {
  try {
    yield* items;
  } catch (error) {
    rethrow(error, mask);
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}

/** A promise of ours: what a plugin returns may have a `then` and no more. */
async function settled(result: PromiseLike<unknown>): Promise<unknown> {
  return await result;
}

function rethrow(error: unknown, mask: Mask): never {
  throw toldError(error, mask);
}
