/** Message types of docs/keeper-protocol.md. */
export const KEEPER_PROTOCOL_VERSION = 4;
/** What every keeper speaks. */
export const FIRST_PROTOCOL_VERSION = 1;
/** From which on a keeper knows ACCEPT. */
export const ACCEPT_PROTOCOL_VERSION = 3;
/** From which on it knows RELAY. */
export const RELAY_PROTOCOL_VERSION = 4;

export const REQUEST = {
  HELLO: 1,
  SPAWN: 2,
  ACK: 3,
  HOLD: 4,
  DROP: 5,
  FETCH: 6,
  QUIT: 7,
  REPLACE: 8,
  SERVING: 9,
  ACCEPT: 10,
  RELAY: 11,
  UNRELAY: 12,
} as const;

export const EVENT = {
  WELCOME: 128,
  CHILD: 129,
  HELD: 130,
  READY: 131,
  EXITED: 132,
  SPAWNED: 133,
  OK: 134,
  ERROR: 135,
  FD: 136,
  RELAYED: 137,
} as const;

/** Largest packet. */
export const PACKET_BYTES = 65536;
