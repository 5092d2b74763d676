import { writeFile } from 'node:fs/promises';

const NEVER = '-1000';

/** Has the kernel kill something else when memory runs out, if we may ask for that. */
export async function keepFromOomKiller(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/oom_score_adj`, NEVER, { flag: 'r+' }).catch(() => undefined);
}
