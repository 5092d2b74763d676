import { TtrpcClient } from '../ttrpc/client.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import type { TtrpcServer } from '../ttrpc/server.js';
import { isVariables, type ListenerDetails } from '../listen/listener.js';
import type { ShimSettings } from './own-config.js';

/** What the shim that launchers find asks of another group's, where that one serves containerd. */
const SERVICE = 'io.holdfast.containerd.v1.Group';
const NOTHING = new Uint8Array(0);

/** A task is about to come. */
export interface ExpectRequest extends ListenerDetails {
  readonly settings: Pick<ShimSettings, 'logLevel' | 'idleTimeoutMs'>;
}

/** A task, or what is left of it, is to go. */
export interface RemoveRequest {
  readonly id: string;
  readonly bundle: string;
  readonly requestId: string;
}

export interface GroupService {
  expect(request: ExpectRequest): Promise<void>;
  /** What `delete` prints. */
  remove(request: RemoveRequest): Promise<Uint8Array>;
}

export function registerGroup(server: TtrpcServer, service: GroupService): void {
  const expect = async (request: Uint8Array): Promise<Uint8Array> => {
    await service.expect(read(request, isExpectRequest));
    return NOTHING;
  };
  const remove = (request: Uint8Array): Promise<Uint8Array> => service.remove(read(request, isRemoveRequest));
  server.register(
    SERVICE,
    new Map([
      ['Expect', { kind: 'unary', handle: expect }],
      ['Remove', { kind: 'unary', handle: remove }],
    ]),
  );
}

/** The service behind the socket at `path`, for one call. Rejects with what it throws, and with Unavailable. */
export function groupServiceAt(path: string, timeoutMs: number): GroupService {
  const call = async (method: string, request: object): Promise<Uint8Array> => {
    const client = await TtrpcClient.connect(path, { timeoutMs });
    try {
      const payload = Buffer.from(JSON.stringify(request));
      return await client.call({ service: SERVICE, method, payload, timeoutMs });
    } finally {
      client.close();
    }
  };
  return {
    expect: async (request) => void (await call('Expect', request)),
    remove: (request) => call('Remove', request),
  };
}

function read<T>(payload: Uint8Array, isRequest: (value: object) => value is object & T): T {
  const value = Object(parse(payload)) as object;
  if (isRequest(value)) return value;
  throw new TtrpcError(CODE.InvalidArgument, `no request of ${SERVICE}`);
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isExpectRequest(value: object): value is ExpectRequest {
  const { ttrpcAddress, environment, settings } = value as Partial<Record<keyof ExpectRequest, unknown>>;
  const { logLevel, idleTimeoutMs } = Object(settings) as Partial<Record<keyof ShimSettings, unknown>>;
  const isSettings = typeof logLevel === 'string' && Number.isInteger(idleTimeoutMs);
  return typeof ttrpcAddress === 'string' && isVariables(environment) && isSettings;
}

function isRemoveRequest(value: object): value is RemoveRequest {
  const { id, bundle, requestId } = value as Partial<Record<keyof RemoveRequest, unknown>>;
  return [id, bundle, requestId].every((text) => typeof text === 'string' && text !== '');
}
