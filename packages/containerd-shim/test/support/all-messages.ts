import * as bootstrap from '../../src/messages/bootstrap.js';
import * as cgroupsV1 from '../../src/messages/cgroups-v1.js';
import * as cgroupsV2 from '../../src/messages/cgroups-v2.js';
import * as events from '../../src/messages/events.js';
import * as mount from '../../src/messages/mount.js';
import * as runtimeOptions from '../../src/messages/runtime-options.js';
import * as task from '../../src/messages/task.js';
import * as wellKnown from '../../src/messages/well-known.js';
import type { Message } from '../../src/messages/wire/message.js';
import * as envelope from '../../src/ttrpc/envelope.js';

export type AnyMessage = Message<Record<string, unknown>, never>;

function isMessage(value: unknown): value is AnyMessage {
  return typeof value === 'object' && value !== null && 'decode' in value;
}

/** Every message type of the package, by its name in protobuf. */
export const ALL_MESSAGES: ReadonlyMap<string, AnyMessage> = new Map(
  [bootstrap, cgroupsV1, cgroupsV2, events, mount, runtimeOptions, task, wellKnown, envelope]
    .flatMap((module) => Object.values<unknown>(module))
    .filter(isMessage)
    .map((type) => [type.name, type]),
);
