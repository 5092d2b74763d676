/** The system calls that Node lacks. Policy lives above. */
export { native } from './addon.js';
export type {
  NativeAddon,
  NativeLane,
  NativePoller,
  PrefixedRecords,
  PeerCredentials,
  ReceivedMessage,
} from './addon.js';
export { keeperPath } from './keeper-path.js';
