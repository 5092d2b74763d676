/** Conformance suites for the authors of plugins, as vitest suites, and what unit tests of plugins need. */
export { describeRuntime } from './runtime/describe-runtime.js';
export type { RuntimeUnderTest } from './runtime/subject.js';
export { describeLogDriver } from './log-driver/describe-log-driver.js';
export type { LogDriverUnderTest, Trouble, Troubles } from './log-driver/subject.js';
export type { Skip } from './suite/skip.js';

export { batchOf, BATCH_TIME, lineOf, textBatch } from './batches/batch.js';
export type { BatchHead, Line } from './batches/batch.js';
export { CollectingLogger } from './contexts/collecting-logger.js';
export type { LoggedMessage } from './contexts/collecting-logger.js';
export { LogDriverHost } from './contexts/log-driver-host.js';
export type { LogDriverContextOptions, TestLogDriverContext } from './contexts/log-driver-host.js';
export { makeRuntimeContext } from './contexts/runtime-context.js';
export type { TestRuntimeContext } from './contexts/runtime-context.js';
export { makeInstance } from './suite/make-instance.js';
export { until, within } from './suite/until.js';

export { childProcessRunner } from './fakes/child-process-runner.js';
export { argumentAfter, FakeCommandRunner } from './fakes/fake-command-runner.js';
export type { CommandScript } from './fakes/fake-command-runner.js';
export { NodeLane, prefixedBytes } from './fakes/node-lane.js';
export type { WriteFault } from './fakes/node-lane.js';

export { makeBundle, makeRootfs } from './runtime/bundle.js';
export type { BundleOptions } from './runtime/bundle.js';
export { RuntimePlayground } from './runtime/playground.js';
export type { ContainerOptions } from './runtime/playground.js';
export { collect } from './log-driver/log-bench.js';
export { writtenText } from './log-driver/texts.js';
