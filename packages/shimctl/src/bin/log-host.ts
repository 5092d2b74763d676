import 'reflect-metadata';
import { CheckedPluginSource, LazyValidators, PluginRegistry, runHost } from '@holdfast/core';
import { BUILT_INS } from '../built-ins.js';
import { CONFIG_VALIDATORS } from '../precompiled-config.js';

runHost(new CheckedPluginSource(new PluginRegistry(BUILT_INS), new LazyValidators([...CONFIG_VALIDATORS])));
