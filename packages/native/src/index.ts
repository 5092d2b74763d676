/** The system calls that Node lacks. Policy lives above. */
export { native, PIPE_STATE } from './addon.js';
export type {
  GatheredDatagrams,
  NativeAddon,
  NativeLane,
  NativeMover,
  NativePoller,
  PrefixedRecords,
  PeerCredentials,
  ReceivedMessage,
  TerminalSize,
} from './addon.js';
export { keeperPath } from './keeper-path.js';
export { launcherPath } from './launcher-path.js';
