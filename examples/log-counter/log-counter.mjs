// A log driver in one file: counts the lines and bytes of a container's streams and keeps a summary as JSON.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { definePlugin, ShimError } from '@holdfast/core/plugin';

export default definePlugin({
  kind: 'log-driver',
  name: 'counter',
  apiVersion: 1,
  optionsSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', pattern: '^/', description: 'The summary. Default: counts.json beside the logs.' },
    },
    additionalProperties: false,
  },
  create: (context, options) => new LogCounter(context, options.path ?? join(context.directory, 'counts.json')),
});

class LogCounter {
  streams = { stdout: { lines: 0, bytes: 0 }, stderr: { lines: 0, bytes: 0 } };

  constructor({ container }, path) {
    this.container = container;
    this.path = path;
  }

  /** Nothing was written yet: here a driver may fail, and the container is not created. */
  async open() {
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o750 });
      this.streams = (await this.earlier()) ?? this.streams;
      await this.save();
    } catch (error) {
      throw new ShimError('SHIM_LOG_OPEN', `cannot write ${this.path}: ${error.message}`, {
        where: this.path,
        cause: error,
      });
    }
  }

  /** The hot path. It keeps numbers only, since the batch is lent until it returns, and makes no record objects. */
  write(batch) {
    const counts = this.streams[batch.stream];
    counts.bytes += batch.bytes.length;
    for (let i = 0; i < batch.count; i++) if (!batch.partial(i)) counts.lines++;
  }

  async flush() {
    try {
      await this.save();
    } catch (error) {
      throw new ShimError('SHIM_LOG_WRITE', `cannot write ${this.path}: ${error.message}`, {
        where: this.path,
        cause: error,
      });
    }
  }

  async close() {
    await this.flush();
    return { lost: 0 };
  }

  // Neither reopen nor read: a method that is absent is not supported.

  /** A reader sees the old summary or the new one, never half of one. */
  async save() {
    const { id, namespace, createdAt } = this.container;
    const summary = { id, namespace, createdAt, streams: this.streams };
    await writeFile(`${this.path}.new`, `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o640 });
    await rename(`${this.path}.new`, this.path);
  }

  /** After a restart of the shim a new instance goes on counting; an id alone may be another container's. */
  async earlier() {
    try {
      const { createdAt, streams } = JSON.parse(await readFile(this.path, 'utf8'));
      return createdAt === this.container.createdAt ? streams : undefined;
    } catch (error) {
      if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
