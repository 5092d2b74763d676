import { table } from './markdown.mjs';

export const METRICS_MARKS = {
  begin: '<!-- Metrics: made by scripts/generate-docs.mjs. -->',
  end: '<!-- End of the metrics. -->',
};

/** The metrics as a table. */
export function metricsTable(metrics) {
  return table(
    ['metric', 'type', 'labels', 'what it tells'],
    Object.entries(metrics).map(([name, { type, labels, help }]) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  );
}
