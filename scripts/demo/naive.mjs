import { existsSync, readFileSync } from 'node:fs';

const PATIENCE_MS = 10_000;

/** The container that was started with a pipe: its next line finds no reader. */
export async function showNaive(show, places) {
  const { naive, runcRoot } = places;
  await show.until('the naive container got SIGPIPE', PATIENCE_MS, () => existsSync(naive.fate) && hasFate(naive));
  await show.run('cat', [naive.fate]);
  show.claim('the naive container died of SIGPIPE, because its reader had gone', hasFate(naive));
  const state = () => show.quietly('runc', ['--root', runcRoot, 'state', naive.id]).then(JSON.parse);
  const { status } = await show.until('runc says that it has stopped', PATIENCE_MS, async () => {
    const answer = await state();
    return answer.status === 'stopped' && answer;
  });
  show.claim(`runc says that it has ${status}`, status === 'stopped');
}

function hasFate(naive) {
  return readFileSync(naive.fate, 'utf8').trim() === 'got SIGPIPE';
}
