/** A caller: starts the keeper of group `g1` of ROOT, prints its pid and stays until it is killed. */
import { startKeeper } from '../../../src/client/start-keeper.js';
import { StateLayout } from '../../../src/state/layout.js';

const [root = '', shimd = ''] = process.argv.slice(2);
const started = await startKeeper({
  layout: new StateLayout(root),
  group: 'g1',
  shimd: { program: process.execPath, args: [shimd] },
  environment: process.env,
});
process.stdout.write(`${started === 'busy' ? 'busy' : started.pid}\n`);
setInterval(() => undefined, 60_000);
