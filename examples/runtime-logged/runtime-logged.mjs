// A runtime plugin in one file: any OCI binary, with the time of each command in the log of the shim.
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { definePlugin, ShimError } from '@holdfast/core/plugin';

export default definePlugin({
  kind: 'runtime',
  name: 'logged',
  apiVersion: 1,
  optionsSchema: {
    type: 'object',
    properties: { path: { type: 'string', default: 'runc', description: 'The runtime binary.' } },
    additionalProperties: false,
  },
  create: (context, options) => new LoggedRuntime(context, options.path),
});

class LoggedRuntime {
  name = 'logged';

  constructor(context, path) {
    this.context = context;
    this.path = path;
  }

  async features(signal) {
    const output = await this.run('', ['--version'], { signal });
    return { version: output.split('\n')[0], binary: this.path };
  }

  async create({ id, bundle, pidFile, consoleSocket }, io, signal) {
    const args = ['--bundle', bundle, '--pid-file', pidFile, ...consoleFlags(consoleSocket)];
    await this.run(id, ['create', ...args, id], { stdio: io, signal });
    return { pid: await readPid(pidFile) };
  }

  async start(id, signal) {
    await this.run(id, ['start', id], { signal });
  }

  async exec(id, { processFile, pidFile, consoleSocket }, io, signal) {
    const args = ['--detach', '--process', processFile, '--pid-file', pidFile, ...consoleFlags(consoleSocket)];
    await this.run(id, ['exec', ...args, id], { stdio: io, signal });
    return { pid: await readPid(pidFile) };
  }

  async kill(id, signal, { all = false } = {}) {
    await this.run(id, ['kill', ...(all ? ['--all'] : []), id, String(signal)]);
  }

  async delete(id, { force = false } = {}) {
    await this.run(id, ['delete', ...(force ? ['--force'] : []), id]);
  }

  async state(id) {
    return JSON.parse(await this.run(id, ['state', id]));
  }

  // Neither pause, resume, update nor ps: a method that is absent is not supported.

  /** Runs one command, logs how long it took, and gives what it printed. */
  async run(id, args, { stdio, signal } = {}) {
    const { runner, root, logger } = this.context;
    const started = performance.now();
    const result = await runner.run({ argv: [this.path, '--root', root, ...args], stdio, signal });
    const ms = Math.round(performance.now() - started);
    logger.info({ command: args[0], ms, code: result.code }, `${this.path} ${args[0]} took ${ms} ms`);
    if (result.code === 0) return result.stdout.toString();
    throw this.failure(`${this.path} ${args[0]} ${id}`, result);
  }

  /** The host tells errors apart by their codes, so an unknown container must have its own. */
  failure(where, result) {
    const words = result.stderr.toString().trim().slice(-1000);
    const code = words.includes('container does not exist') ? 'SHIM_CONTAINER_NOT_FOUND' : 'SHIM_RUNTIME_FAILED';
    return new ShimError(code, words || `${where} failed`, { where });
  }
}

async function readPid(pidFile) {
  const pid = Number(await readFile(pidFile, 'utf8'));
  if (pid > 0) return pid;
  throw new ShimError('SHIM_RUNTIME_BAD_OUTPUT', `no pid in ${pidFile}`);
}

function consoleFlags(socket) {
  return socket === undefined ? [] : ['--console-socket', socket];
}
