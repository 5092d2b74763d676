import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_MESSAGES } from '../support/all-messages.js';

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly fields: unknown;
}

/** Made by another implementation of protobuf: see vectors/make-vectors.py. */
const VECTORS = readFileSync(join(import.meta.dirname, 'vectors', 'vectors.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

/** Names that are shorter here than in the definitions. */
const RENAMED: Record<string, string> = {
  ttrpcAddress: 'containerdTtrpcAddress',
  grpcAddress: 'containerdGrpcAddress',
  binary: 'containerdBinary',
};

/** As the vectors tell it. */
function told(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return Object.fromEntries(value);
  if (Array.isArray(value)) return value.map(told);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [RENAMED[key] ?? key, told(own)]));
}

describe("what Google's protobuf has encoded", () => {
  it('is there for every message', () => {
    const missing = [...ALL_MESSAGES.keys()].filter((name) => !VECTORS.some((vector) => vector.name === name));
    expect(missing).toEqual(['google.protobuf.Empty']);
  });

  it.each([...new Set(VECTORS.map(({ name }) => name))])('is read and written alike: %s', (name) => {
    const type = ALL_MESSAGES.get(name);
    if (type === undefined) throw new Error(`no message ${name}`);
    for (const { hex, fields } of VECTORS.filter((vector) => vector.name === name)) {
      const decoded = type.decode(Buffer.from(hex, 'hex'));
      expect(told(decoded)).toEqual(fields);
      expect(Buffer.from(type.encode(decoded as never)).toString('hex')).toBe(hex);
    }
  });
});
