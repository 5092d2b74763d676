/** Paths of the binaries, and which of them were built now. */
export interface BuildResult {
  readonly addon: string;
  readonly keeper: string;
  readonly launcher: string;
  readonly built: readonly string[];
}

/** Builds what is out of date; with `sanitize` into build/asan/, with the address and undefined-behaviour sanitizers. */
export function build(options?: { readonly sanitize?: boolean }): BuildResult;
