import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { definePlugin, ShimError } from '@holdfast/core/plugin';
import { readLines } from './read.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

export default definePlugin({
  kind: 'log-driver',
  name: 'lines',
  apiVersion: 1,
  optionsSchema: {
    type: 'object',
    properties: {
      file: { type: 'string', pattern: '^[^/]+$', default: 'lines.ndjson', description: 'Name of the file.' },
    },
    additionalProperties: false,
  },
  create: (context, options) => new LinesDriver(context, join(context.directory, options.file)),
});

class LinesDriver {
  constructor(context, path) {
    this.context = context;
    this.path = path;
  }

  /** Once, before the first write. If it fails, the container is not created. */
  async open(signal) {
    signal.throwIfAborted();
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o750 });
      this.lane = this.context.lane(this.path);
      this.fd = await this.lane.open(this.path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o640);
      // A shim that was killed may have left half a line. The reader skips empty ones.
      this.torn = (await this.lane.size(this.fd)) > 0;
    } catch (cause) {
      throw failure('SHIM_LOG_OPEN', this.path, cause);
    }
  }

  /** The batch is lent until the promise settles, so everything is copied out of it before. */
  async write(batch) {
    let text = this.torn ? '\n' : '';
    for (let i = 0; i < batch.count; i++) text += toLine(batch.record(i));
    try {
      this.torn = true;
      await this.lane.write(this.fd, Buffer.from(text));
      this.torn = false;
    } catch (cause) {
      throw failure('SHIM_LOG_WRITE', this.path, cause);
    }
  }

  /** What `write` has taken is in the file already. */
  async flush() {}

  async close() {
    if (this.fd !== undefined) await this.lane.close(this.fd);
    return { lost: 0 };
  }

  /** Called on another instance, in another process, which was not opened and has no lanes. */
  read(query, signal) {
    return readLines(this.path, query, signal);
  }
}

function toLine({ stream, time, partial, bytes }) {
  const text = isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
  return `${JSON.stringify({ time: String(time), stream, partial, ...text })}\n`;
}

function failure(code, path, cause) {
  return new ShimError(code, `cannot write ${path}: ${cause.message}`, { where: path, cause });
}
