import { attributeMap, type OtlpRecord, type OtlpValue } from './otlp-records.js';

type Json = Readonly<Record<string, unknown>>;

/** The records of an ExportLogsServiceRequest in JSON; throws for whatever OTLP/JSON does not have. */
export function decodeJsonRequest(bytes: Buffer): OtlpRecord[] {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const { resourceLogs } = object(JSON.parse(text), ['resourceLogs']);
  return list(resourceLogs).flatMap((logs) => {
    const { resource, scopeLogs } = object(logs, ['resource', 'scopeLogs']);
    const { attributes } = object(resource, ['attributes', 'droppedAttributesCount']);
    const shared = attributesOf(attributes);
    return list(scopeLogs).flatMap((entry) => {
      const { scope, logRecords } = object(entry, ['scope', 'logRecords']);
      const { name } = object(scope, ['name', 'version']);
      return list(logRecords).map((record) => ({ resource: shared, scope: string(name), ...recordOf(record) }));
    });
  });
}

/** An ExportLogsServiceResponse with a partial success; int64 is a text in JSON. */
export function encodeJsonResponse(rejected: number, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ partialSuccess: { rejectedLogRecords: String(rejected), errorMessage } }));
}

const RECORD = [
  'timeUnixNano',
  'observedTimeUnixNano',
  'severityNumber',
  'body',
  'attributes',
  'droppedAttributesCount',
];

function recordOf(json: unknown): Omit<OtlpRecord, 'resource' | 'scope'> {
  const record = object(json, RECORD);
  return {
    time: nanoseconds(record['timeUnixNano']),
    observed: nanoseconds(record['observedTimeUnixNano']),
    severity: record['severityNumber'] === undefined ? 0 : integer(record['severityNumber']),
    body: anyValue(record['body']),
    attributes: attributesOf(record['attributes']),
  };
}

function attributesOf(json: unknown): Map<string, OtlpValue> {
  const pairs = list(json).map((pair) => {
    const { key, value } = object(pair, ['key', 'value']);
    return [string(key), anyValue(value)] as const;
  });
  return attributeMap(pairs);
}

function anyValue(json: unknown): OtlpValue {
  const [entry, ...others] = Object.entries(object(json, Object.keys(VALUES)));
  if (entry === undefined || others.length > 0) throw new Error(`no single value: ${JSON.stringify(json)}`);
  return VALUES[entry[0]]!(entry[1]);
}

const VALUES: Readonly<Record<string, (json: unknown) => OtlpValue>> = {
  stringValue: string,
  boolValue: (json) => json === true || (json !== false && fail(json)),
  intValue: (json) => BigInt(integer(json)),
  doubleValue: (json) => (typeof json === 'number' ? json : fail(json)),
  bytesValue: base64,
};

function base64(json: unknown): Buffer {
  const bytes = Buffer.from(string(json), 'base64');
  return bytes.toString('base64') === json ? bytes : fail(json);
}

function nanoseconds(json: unknown): bigint {
  return /^[0-9]+$/.test(string(json)) ? BigInt(string(json)) : fail(json);
}

function object(json: unknown, keys: readonly string[]): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail(json);
  const unknown = Object.keys(json).filter((key) => !keys.includes(key));
  return unknown.length === 0 ? (json as Json) : fail(unknown);
}

function list(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? (json as unknown[]) : fail(json);
}

function string(json: unknown): string {
  return typeof json === 'string' ? json : fail(json);
}

function integer(json: unknown): number {
  return Number.isSafeInteger(json) ? (json as number) : fail(json);
}

function fail(json: unknown): never {
  throw new Error(`no OTLP: ${JSON.stringify(json)}`);
}
