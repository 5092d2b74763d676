import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import { failureOf } from './failure-text.js';
import type { LaunchStream } from './launch-stream.js';
import type { LaunchEnd, StreamedLaunch, StreamedLaunchHandler } from './streamed-launch.js';

/** Has a launch handled, and its launcher told how it ended. Rejects if the launcher has gone. */
export async function runStream(
  stream: LaunchStream,
  handler: StreamedLaunchHandler,
  logger: PluginLogger,
): Promise<void> {
  const { launch } = stream;
  const end = await Promise.race([endOf(launch, handler, logger), gone(launch.signal)]);
  if (stream.refused !== undefined) return;
  if (!end.hurried) await Promise.race([flushed(launch), gone(launch.signal)]);
  await stream.end(end);
}

async function endOf(launch: StreamedLaunch, handler: StreamedLaunchHandler, logger: PluginLogger): Promise<LaunchEnd> {
  try {
    const end = await handler(launch);
    if (Number.isInteger(end.code) && end.code >= 0 && end.code <= 255) return end;
    throw new ShimError('SHIM_INTERNAL', `a launch ended with ${end.code}`);
  } catch (error) {
    launch.signal.throwIfAborted();
    if (!isShimError(error)) logger.error({ err: error, kind: launch.kind }, 'launch failed');
    const { text, code } = failureOf(basename(launch.argv[0] ?? launch.kind), error);
    launch.stderr.write(text);
    return { code, hurried: false };
  }
}

function gone(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

async function flushed({ stdout, stderr }: StreamedLaunch): Promise<void> {
  await Promise.all([stdout, stderr].map(written));
}

/** Resolves when what was written is on its way, or can't be any more. */
function written(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.once('close', () => resolve()).write('', () => resolve());
  });
}
