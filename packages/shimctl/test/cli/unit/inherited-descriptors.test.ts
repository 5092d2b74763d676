import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import { temporaryDirectory } from '../support/temporary-bundle.js';

const SOURCE = join(import.meta.dirname, '../../../src/cli/unit/inherited-descriptors.ts');
let program = '';

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { inheritedDescriptors } from ${JSON.stringify(SOURCE)}; console.log(inheritedDescriptors());`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
  });
  program = outputFiles[0]?.text ?? '';
});

/** What Node finds that is started with `stdio` from 3 on. */
async function inheritedWith(...stdio: ('ignore' | number)[]): Promise<number> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit', ...stdio] });
  const [text] = (await once(child.stdout as Readable, 'data')) as [Buffer];
  await once(child, 'exit');
  return Number(text.toString());
}

it("finds none but Node's own where there is none", async () => {
  expect(await inheritedWith()).toBe(0);
});

it('finds a file, a pipe, a socket, an eventfd and a device', async () => {
  const server = createServer().listen(join(temporaryDirectory(), 'socket'));
  await once(server, 'listening');
  const socket = (server as Server & { _handle: { fd: number } })._handle.fd;
  const fds = [openSync(SOURCE, 'r'), ...native.pipe(false), native.eventfd(), openSync('/dev/null', 'r')];
  onTestFinished(() => {
    fds.forEach((fd) => closeSync(fd));
    server.close();
  });
  expect(await inheritedWith(...fds, socket)).toBe(6);
  expect(await inheritedWith(fds[1] as number)).toBe(1);
});

it('stops at a gap, into which Node puts its own', async () => {
  const fds = native.pipe(false);
  onTestFinished(() => fds.forEach((fd) => closeSync(fd)));
  const command = 'exec "$0" -e "$1" 5<&3 4<&-';
  const { stdout } = await promisify(execFile)('sh', ['-c', `exec 3</dev/null; ${command}`, process.execPath, program]);
  expect(stdout.trim()).toBe('1');
});
