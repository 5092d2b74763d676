import type { RuntimeFeatures } from '@holdfast/core/plugin';
import { badOutput } from './bad-output.js';
import type { Setup } from './invoke.js';
import { safeWords } from './words.js';

/** A name and a dotted number: `runc version 1.1.5`, `runsc version release-20250407.0`, `kata-runtime  : 3.2.0`. */
const VERSION_LINE = /^[A-Za-z][\w .:+-]{0,60}[ :-]v?\d{1,9}\.\d{1,9}\S{0,60}$/;

/** What the binary says of itself with `--version`. */
export async function readFeatures({ context, options }: Setup, signal?: AbortSignal): Promise<RuntimeFeatures> {
  const argv = [options.path, ...options.args, '--version'];
  const result = await context.runner.run({ argv, ...(signal === undefined ? {} : { signal }) });
  const output = result.stdout.length > 0 ? result.stdout : result.stderr;
  const version = safeWords(output.toString('utf8', 0, 1024).split('\n', 1)[0] ?? '');
  if (result.code !== 0 || !VERSION_LINE.test(version)) {
    throw badOutput(`${options.path} --version`, "a runtime's name and version", output);
  }
  return { version, binary: options.path };
}
