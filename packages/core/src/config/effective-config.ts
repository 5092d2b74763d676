import type { Options } from '../plugin/json-schema.js';
import type { configSchema } from './config-schema.js';

/** A config with all defaults filled in, except those of plugins' options. */
export type EffectiveConfig = Options<typeof configSchema>;
