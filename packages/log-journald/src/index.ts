import { definePlugin, PLUGIN_API_VERSION } from '@holdfast/core/plugin';
import { JournaldLogDriver } from './driver.js';
import { optionsSchema } from './options/schema.js';
import { settingsOf } from './options/settings.js';

/** Log driver `journald`: each record is an entry of the systemd journal, with docker's fields. */
export default definePlugin({
  kind: 'log-driver',
  name: 'journald',
  apiVersion: PLUGIN_API_VERSION,
  optionsSchema,
  create: (context, options) => new JournaldLogDriver(context, settingsOf(options)),
});
