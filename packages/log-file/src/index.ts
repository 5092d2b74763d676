import { definePlugin, PLUGIN_API_VERSION } from '@holdfast/core/plugin';
import { FileLogDriver } from './driver.js';
import { optionsSchema } from './options/schema.js';
import { settingsOf } from './options/settings.js';

/** Log driver `file`: one file for each container, as CRI lines, docker's JSON or raw bytes, rotated by size. */
export default definePlugin({
  kind: 'log-driver',
  name: 'file',
  apiVersion: PLUGIN_API_VERSION,
  optionsSchema,
  create: (context, options) => new FileLogDriver(context, settingsOf(options, context.directory)),
});
