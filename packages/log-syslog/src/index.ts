import { definePlugin, PLUGIN_API_VERSION } from '@holdfast/core/plugin';
import { SyslogLogDriver } from './driver.js';
import { optionsSchema } from './options/schema.js';
import { settingsOf } from './options/settings.js';

/** Log driver `syslog`: each record is a message of RFC 5424 (or RFC 3164) over UDP, TCP, TLS or a Unix socket. */
export default definePlugin({
  kind: 'log-driver',
  name: 'syslog',
  apiVersion: PLUGIN_API_VERSION,
  optionsSchema,
  create: (context, options) => new SyslogLogDriver(context, settingsOf(options)),
});
