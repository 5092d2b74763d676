/** `page` with `text` between the two marks. */
export function withTable(page: string, text: string): string;

/** The commands of shimctl as a Markdown table. */
export function commandTable(buildProgram: (...args: never[]) => unknown): string;
