import { faultPoint } from '../faults/fault-point.js';
import type { Container } from './container.js';

/** Has the runtime start what was recorded as about to start. */
export async function startContainer({ id, runtime, records }: Container, startedAt: string): Promise<void> {
  try {
    await runtime.start(id);
  } catch (error) {
    await records.update({ phase: 'created' });
    throw error;
  }
  faultPoint('start');
  await records.update({ phase: 'running', startedAt });
}
