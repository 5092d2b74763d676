import { didYouMean } from '../config/did-you-mean.js';
import type { PluginKind } from '../plugin/define-plugin.js';
import { ShimError } from '../plugin/shim-error.js';
import { KIND_WORDS, type PluginReference } from './loaded-plugin.js';

const CODES = { runtime: 'SHIM_RUNTIME_UNKNOWN', 'log-driver': 'SHIM_LOG_DRIVER_UNKNOWN' } as const;

/** What an error about an unknown name needs to know. */
export interface UnknownName {
  readonly kind: PluginKind;
  readonly reference: PluginReference;
  /** Names that would have been found. */
  readonly known: readonly string[];
  /** Plugins that could not be loaded: the name may be that of one of them. */
  readonly failures: readonly ShimError[];
}

/** SHIM_RUNTIME_UNKNOWN or SHIM_LOG_DRIVER_UNKNOWN, with the names that exist. */
export function unknownName({ kind, reference, known, failures }: UnknownName): ShimError {
  const words = KIND_WORDS[kind];
  const text = reference.text.slice(0, 100);
  const names = known.length === 0 ? 'there is none' : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
  const failed = failures.map((failure) => `; ${failure.message}`).join('');
  const suggestion = didYouMean(text, known);
  const message = `${reference.place}: unknown ${words} "${text}"${suggestion === '' ? '; ' : `${suggestion} `}${names}${failed}`;
  const cause = failures.length > 1 ? new AggregateError(failures, 'plugins that failed to load') : failures[0];
  return new ShimError(CODES[kind], message, {
    where: reference.place,
    ...(cause && { cause, remedy: remedyFor(failures) }),
  });
}

function remedyFor(failures: readonly ShimError[]): string {
  return failures.map((failure) => failure.remedy).join(' ');
}
