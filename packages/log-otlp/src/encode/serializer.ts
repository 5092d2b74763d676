import type { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { Protocol } from '../options/settings.js';

/** OpenTelemetry's own: records to the body of a request, and the body of an answer to what it says. */
export type Serializer = typeof ProtobufLogsSerializer;
/** A record as OpenTelemetry's SDK has it. */
export type ReadableRecord = Parameters<Serializer['serializeRequest']>[0][number];

/**
 * Loads the serializer of one protocol. The index of its package would load those of metrics and traces with it, which cost twice the memory;
 * the package has no "exports", and its version is pinned.
 */
export async function loadSerializer(protocol: Protocol): Promise<Serializer> {
  if (protocol === 'http/json')
    return (await import('@opentelemetry/otlp-transformer/build/src/logs/json/index.js')).JsonLogsSerializer;
  return (await import('@opentelemetry/otlp-transformer/build/src/logs/protobuf/index.js')).ProtobufLogsSerializer;
}

/** The media type of requests, and of the answers to them. */
export function contentType(protocol: Protocol): string {
  return protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
}
