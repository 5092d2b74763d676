/**
 * Counts of a run from vitest's JSON report. A file that could not be run at all, and an error outside of every test, count as
 * one failure each.
 *
 * @param {object | undefined} report undefined if vitest wrote none
 * @param {number} exitCode vitest's
 */
export function countTests(report, exitCode) {
  const tests = (report?.testResults ?? []).flatMap((file) => file.assertionResults);
  const brokenFiles = (report?.testResults ?? []).filter(isBroken).length;
  const counts = {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + brokenFiles,
    skipped: tests.filter((test) => test.status !== 'passed' && test.status !== 'failed').length,
  };
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** The line that a caller may look for: always the last one. */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function isBroken(file) {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
}
