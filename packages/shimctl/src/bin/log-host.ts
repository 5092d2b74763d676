import 'reflect-metadata';
import { CheckedPluginSource, KnownSecrets, LazyValidators, PluginRegistry, runHost } from '@holdfast/core';
import { BUILT_INS } from '../built-ins.js';
import { CONFIG_VALIDATORS } from '../precompiled-config.js';
import { VERSION } from '../version.js';

const secrets = new KnownSecrets();
const validators = new LazyValidators([...CONFIG_VALIDATORS]);
runHost({
  plugins: new CheckedPluginSource(new PluginRegistry(BUILT_INS), validators, secrets),
  secrets,
  version: VERSION,
});
