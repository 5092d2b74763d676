import { mergeExpositions } from '../metrics/merge-expositions.js';
import { upText } from '../metrics/up.js';
import { asShimError, type ErrorDocument } from '../plugin/shim-error.js';

/** The metrics of groups, and what went wrong with some. */
export interface MetricsReport {
  /** Prometheus' text format; `holdfast_up` tells which groups answered. */
  readonly text: string;
  readonly failures: readonly { readonly group: string; readonly error: ErrorDocument }[];
}

/** Asks the groups, all at once. */
export async function readMetrics(
  groups: readonly string[],
  ask: (group: string) => Promise<string>,
): Promise<MetricsReport> {
  const answers = await Promise.allSettled(groups.map(ask));
  const texts: string[] = [];
  const failures: { group: string; error: ErrorDocument }[] = [];
  for (const [index, group] of groups.entries()) {
    const answer = answers[index] as PromiseSettledResult<string>;
    texts.push(upText(group, answer.status === 'fulfilled'));
    if (answer.status === 'fulfilled') texts.push(answer.value);
    else failures.push({ group, error: asShimError(answer.reason).toJSON() });
  }
  return { text: mergeExpositions(texts), failures };
}
