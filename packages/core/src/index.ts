/** What a composition root builds a shim of. Plugins import `@holdfast/core/plugin`, front ends `@holdfast/core/client`. */
export * from './plugin/index.js';
export * from './config/index.js';
export * from './plugins/index.js';
export { REQUEST_SCHEMAS } from './api/request-schemas.js';
export type { RequestName } from './api/request-schemas.js';
export { checkRequest } from './api/server/check-request.js';
export { ApiServer } from './api/server/api-server.js';
export type { ApiServerOptions } from './api/server/api-server.js';
export type { Attachable, Attachables } from './api/server/attach-endpoint.js';
export type * from './api/documents.js';
export type { KillRequest, ShimService } from './api/shim-service.js';
export { readBundle } from './bundle/read-bundle.js';
export type { OciProcess, OciSpec } from './bundle/oci-spec.js';
export { parseSignal } from './bundle/stop-signal.js';
export { composeShim } from './di/compose-shim.js';
export { HeldTerminals } from './stdio/held-terminals.js';
export { takeOverTerminals } from './stdio/take-over-terminals.js';
export type { ComposedShim, ShimParts } from './di/compose-shim.js';
export * as tokens from './di/tokens.js';
export { createToken } from './di/token.js';
export { FrontEnds } from './front-end/front-ends.js';
export type { FrontEnd, FrontEndHost, FrontEndMaking, FrontEndSession } from './front-end/front-end.js';
export { processHandles } from './front-end/process-handle.js';
export type { ProcessHandle } from './front-end/process-handle.js';
export { inheritedListener } from './launch/inherited-listener.js';
export { LaunchServer } from './launch/launch-server.js';
export type { Launch, LaunchHandler } from './launch/launch.js';
export type { StandingLaunch, StandingLaunchHandler } from './launch/standing-launch.js';
export type { LaunchEnd, LaunchStdin, StreamedLaunch, StreamedLaunchHandler } from './launch/streamed-launch.js';
export { KeeperLink } from './keeper/keeper-link.js';
export type {
  Keeper,
  KeeperExit,
  KeeperProcess,
  KeeperWelcome,
  RelayedConnection,
  SpawnRequest,
} from './keeper/keeper.js';
export { SpawnError } from './keeper/keeper.js';
export { faultPoint } from './faults/fault-point.js';
export { CheckedPluginSource } from './plugins/checked-plugin-source.js';
export { KnownSecrets } from './plugins/known-secrets.js';
export { printable } from './plugins/printable.js';
export { runHost } from './logging/isolation/run-host.js';
export { DatagramSenders } from './logging/datagram-senders.js';
export type { EventBus } from './events/event-bus.js';
export type { ContainerEvents } from './events/container-events.js';
export { Upgrader } from './lifecycle/upgrader.js';
export type { UpgraderOptions } from './lifecycle/upgrader.js';
export { LiveSettings } from './lifecycle/live-settings.js';
export type { ChangeableSettings, Clock, ShimInfo } from './lifecycle/shim-info.js';
export { ForeignProcesses } from './reaper/foreign-processes.js';
export { bootId, readProcess } from './reaper/process-identity.js';
export type { Reaper, SeenExit, TrackedProcess } from './reaper/reaper.js';
export { sweepContainerCgroups } from './placement/container-cgroups.js';
export { checkIdentifier } from './state/identifiers.js';
export { nameInRemedy } from './state/name-in-remedy.js';
export { StateLayout } from './state/layout.js';
export type { AttachClient } from './stdio/attach-hub.js';
export { EventPoller } from './stdio/event-poller.js';
