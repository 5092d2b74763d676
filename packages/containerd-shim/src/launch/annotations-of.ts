import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of a bundle's spec. One that can't be read has none: the create that follows tells of it. */
export async function annotationsOf(bundle: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { annotations } = Object(JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8'))) as {
      readonly annotations?: unknown;
    };
    return Object(annotations) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
