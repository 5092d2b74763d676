export function completePath(): void;
export function findProgram(name: string): string | undefined;
export function isStatic(path: string): boolean;
