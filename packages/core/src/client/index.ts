/** How a front end reaches shims. Light on purpose: a command's start-up time is everybody's. */
export { attach } from './attach.js';
export type { AttachOptions } from './attach.js';
export type { OutputGap } from './attach-relay.js';
export type { ShimEndpoint } from './endpoint.js';
export { HttpShimClient } from './http-client.js';
export { locateContainers, locateGroup } from './locate.js';
export type { LocatedContainer } from './locate.js';
export { Shims } from './shims.js';
export type { ShimsOptions } from './shims.js';
export { startKeeper } from './start-keeper.js';
export type { CommandLine, StartedKeeper, StartKeeperOptions } from './start-keeper.js';
export { checkIdentifier } from '../state/identifiers.js';
export { parseSignal } from '../bundle/stop-signal.js';
export type * from '../api/documents.js';
export type { KillRequest, ShimService } from '../api/shim-service.js';
export type { ContainerConfig, ContainerLimits, ResolvedPlugin } from '../config/container-config.js';
export { didYouMean } from '../config/did-you-mean.js';
