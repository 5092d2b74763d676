/** Names of the images in the archive: one to run commands in, one that sleeps, for pods. */
export const IMAGE: string;
export const PAUSE_IMAGE: string;
export function busyboxImage(directory: string): string;
