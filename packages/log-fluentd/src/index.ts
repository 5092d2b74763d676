import { definePlugin, PLUGIN_API_VERSION } from '@holdfast/core/plugin';
import { FluentdLogDriver } from './driver.js';
import { optionsSchema } from './options/schema.js';
import { settingsOf } from './options/settings.js';

/** Log driver `fluentd`: records go to Fluentd or Fluent Bit by the forward protocol, with docker's fields. */
export default definePlugin({
  kind: 'log-driver',
  name: 'fluentd',
  apiVersion: PLUGIN_API_VERSION,
  optionsSchema,
  create: (context, options) => new FluentdLogDriver(context, settingsOf(options)),
});
