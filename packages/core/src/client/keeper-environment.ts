/** PATH of keeper and shimd, in which runtimes are looked up whoever starts them. */
export const KEEPER_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/**
 * Of the C library's allocator in shimd: without them it has an arena for each of Node's threads, and keeps what large buffers have
 * left for the next ones.
 */
const MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };
const PASSED = ['HOLDFAST_FAULT', 'HOLDFAST_TEST_'];

/**
 * The environment of keeper and shimd: the same whoever starts them. NODE_OPTIONS, LD_PRELOAD, proxies and the like of the
 * first caller must not act on a process that serves everybody.
 */
export function keeperEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const clean: Record<string, string> = { PATH: KEEPER_PATH, HOME: '/', LANG: 'C.UTF-8', ...MALLOC };
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && PASSED.some((prefix) => name.startsWith(prefix))) clean[name] = value;
  }
  return clean;
}
