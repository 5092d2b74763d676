import { native } from '@holdfast/native';

/** `fd` if the keeper has handed a launch listener over under that number. To be asked before anything else could take the number. */
export function inheritedListener(fd: number): number | undefined {
  if (!native.isPacketListener(fd)) return undefined;
  native.setCloseOnExec(fd, true);
  return fd;
}
