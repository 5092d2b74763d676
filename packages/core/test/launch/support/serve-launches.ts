/**
 * A shimd that only serves launchers, on descriptor 5. The first of two, told by whether the file PLACE is there, says a part, writes it, and
 * hangs; the next goes on to the end.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { inheritedListener } from '../../../src/launch/inherited-listener.js';
import { LaunchServer } from '../../../src/launch/launch-server.js';
import { QuietLogger } from '../../support/quiet-logger.js';

const [place = ''] = process.argv.slice(2);
const server = new LaunchServer(new QuietLogger());
server.handle('mine', async ({ requestId, stdout, stderr }) => {
  await stderr(Buffer.from('note '));
  await stdout(Buffer.from(`unix:///${requestId} `));
  if (!existsSync(place)) {
    writeFileSync(place, requestId);
    await new Promise(() => undefined);
  }
  await stdout(Buffer.from('end'));
  return 3;
});
const listener = inheritedListener(5);
if (listener === undefined) throw new Error('no listener');
server.listen(listener);
