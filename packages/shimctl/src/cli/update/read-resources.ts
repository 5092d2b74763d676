import { resolve } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import type { CliEnvironment } from '../environment.js';
import { isObject, readJsonObject } from '../process/read-file.js';

const LONGEST = 1 << 20;

/** The object in `file`, or on stdin for `-`. Rejects with SHIM_INVALID_ARGUMENT. */
export async function readResources(
  file: string,
  environment: Pick<CliEnvironment, 'cwd' | 'stdin'>,
): Promise<Record<string, unknown>> {
  if (file !== '-') {
    const path = resolve(environment.cwd, file);
    return readJsonObject(path, { missing: 'SHIM_INVALID_ARGUMENT', invalid: 'SHIM_INVALID_ARGUMENT' });
  }
  const value = parse(await readAll(environment.stdin));
  if (isObject(value)) return value;
  throw invalid('stdin does not hold a JSON object');
}

async function readAll(stdin: CliEnvironment['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST) throw invalid(`stdin holds more than ${LONGEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`stdin is not JSON: ${(cause as Error).message}`, cause);
  }
}

function invalid(message: string, cause?: unknown): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', message, { where: '--resources', cause });
}
