import { join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { rootTag } from '../placement/placement-name.js';
import { configSchema } from './config-schema.js';
import type { EffectiveConfig } from './effective-config.js';

const { root: ROOT, logRoot: LOG_ROOT } = configSchema.properties;

/**
 * Default directory of a container's logs: `LOGROOT/NS/ID`. Ids are unique in one state root only: under another root than the
 * default one, the default log root gets a part of its own for it, `@` and eight digits.
 */
export function logDirectory(config: EffectiveConfig, { namespace, id }: ContainerRef): string {
  const { root, logRoot } = config;
  if (root === ROOT.default || logRoot !== LOG_ROOT.default) return join(logRoot, namespace, id);
  return join(logRoot, `@${rootTag(root)}`, namespace, id);
}
