/** The contracts that plugins build on. Third parties import this module alone. */
export { definePlugin, isPlugin, PLUGIN_API_VERSION } from './define-plugin.js';
export type { PluginDefinition, PluginKind, PluginKinds } from './define-plugin.js';
export type { JSONSchema, Options, Written } from './json-schema.js';
export type {
  LogDriverContext,
  LoggedContainer,
  PluginContext,
  PluginLogger,
  RuntimeContext,
} from './plugin-context.js';
export type { ChildStdio } from './child-stdio.js';
export type { Command, CommandResult, CommandRunner } from './command-runner.js';
export { OWNERS_ID, OWNERS_NAME, containerFacts } from './container-facts.js';
export type { ContainerFacts } from './container-facts.js';
export { parseTag, renderTag, TAG_FIELDS } from './container-tag.js';
export type { TagField, TagTemplate } from './container-tag.js';
export type { CreateRequest, ExecProcessRequest, OciState, Runtime, RuntimeFeatures } from './runtime.js';
export type { LogBatch, LogRecord, StreamName } from './log-batch.js';
export type { LogCloseReason, LogDriver, LogEntry, LogGap, LogLoss, LogQuery, LogWriteFailure } from './log-driver.js';
export type {
  FileLane,
  LaneMoved,
  LaneStat,
  MovedRecords,
  MoveOptions,
  PrefixedRecords,
  RecordPipe,
} from './file-lane.js';
export type { DatagramSender, Datagrams } from './datagram-sender.js';
export { ERROR_CODES, isErrorCode } from './error-codes.js';
export type { ErrorCode } from './error-codes.js';
export { asShimError, errorFromDocument, isShimError, ShimError } from './shim-error.js';
export type { ErrorDocument, ShimErrorOptions } from './shim-error.js';
