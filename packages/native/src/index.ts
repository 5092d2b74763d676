/** The system calls that Node lacks. Policy lives above. */
export { native, PIPE_STATE } from './addon.js';
export type { NativeAddon, NativePoller, PeerCredentials, ReceivedMessage, TerminalSize } from './addon.js';
export type { GatheredDatagrams, NativeLane, NativeMover, PrefixedRecords } from './native-lane.js';
export { keeperPath } from './keeper-path.js';
export { launcherPath } from './launcher-path.js';
