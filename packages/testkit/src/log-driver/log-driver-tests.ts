import type { ConformanceTest } from '../suite/register-tests.js';
import { bytesTests } from './bytes-tests.js';
import { continueTests } from './continue-tests.js';
import { gapTests } from './gap-tests.js';
import { followTests } from './follow-tests.js';
import { lifecycleTests, openFailureTest } from './lifecycle-tests.js';
import { orderTests } from './order-tests.js';
import { queryTests } from './query-tests.js';
import { troubleTests } from './trouble-tests.js';
import type { LogBench } from './log-bench.js';
import type { LogDriverUnderTest } from './subject.js';

/** The tests of a log driver, those of its definition apart. */
export function logDriverTests({ unusable }: LogDriverUnderTest): readonly ConformanceTest<LogBench>[] {
  const failures = unusable === undefined ? [] : [openFailureTest];
  return [
    ...lifecycleTests,
    ...failures,
    ...bytesTests,
    ...orderTests,
    ...queryTests,
    ...followTests,
    ...continueTests,
    ...gapTests,
    ...troubleTests,
  ];
}
