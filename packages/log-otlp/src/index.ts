import { definePlugin, PLUGIN_API_VERSION } from '@holdfast/core/plugin';
import { OtlpLogDriver } from './driver.js';
import { optionsSchema } from './options/schema.js';
import { settingsOf } from './options/settings.js';

/** Log driver `otlp`: each record is a log record of OpenTelemetry, sent to a collector over HTTP. */
export default definePlugin({
  kind: 'log-driver',
  name: 'otlp',
  apiVersion: PLUGIN_API_VERSION,
  optionsSchema,
  create: (context, options) => new OtlpLogDriver(context, settingsOf(options)),
});
