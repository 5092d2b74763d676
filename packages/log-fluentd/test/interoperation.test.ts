import { FluentServer } from '@fluent-org/logger';
import { describe, expect, it } from 'vitest';
import { useForward } from './support/test-log.js';

const forward = useForward();
const TIME = 1_735_787_045_000_000_006n;
const security = {
  serverHostname: 'server.test',
  sharedKey: 'open sesame',
  authorize: true,
  userDict: { shim: 'geheim' },
};

/** Not fluentd, nor Fluent Bit, which Debian does not have: the server of Fluent's own library, which has been written without knowing of this driver. */
class Server extends FluentServer {
  readonly entries: { tag: string; time: unknown; record: Record<string, unknown> }[] = [];

  protected override onEntry(tag: string, time: unknown, record: Record<string, unknown>): void {
    this.entries.push({ tag, time, record });
  }
}

describe("the server of Fluent's library", () => {
  it.each([
    ['plain', {}, {}],
    ['compressed', {}, { compress: 'gzip' }],
    ['after a handshake', { security }, { sharedKey: 'open sesame', username: 'shim', password: 'geheim' }],
  ])('understands and acknowledges what the driver sends: %s', async (_what, serverOptions, options) => {
    const server = new Server({ listenOptions: { host: '127.0.0.1', port: 0 }, ...serverOptions });
    await server.listen();
    const log = await forward.log({ address: `127.0.0.1:${server.port}` }, { options });
    await log.write(['größe\n'.replace('größe', Buffer.from('größe').toString('latin1')), 'two'], 'stdout', TIME);
    await log.driver.gap({ stream: 'stdout', records: 3, bytes: 9, reason: 'x', from: TIME, to: TIME });
    const own = { container_id: 'web', container_name: 'web', source: 'stdout' };
    expect(server.entries.map(({ tag, record }) => ({ tag, record }))).toMatchObject([
      { tag: 'web', record: { ...own, log: 'größe' } },
      {
        tag: 'web',
        record: { ...own, log: 'two', partial_message: 'true', partial_ordinal: '1', partial_last: 'false' },
      },
      { tag: 'web', record: { ...own, log: 'holdfast: 3 records (9 bytes) lost: x', holdfast_lost_records: 3 } },
    ]);
    expect(server.entries[0]?.time).toMatchObject({ epoch: 1_735_787_045, nano: 6 });
    await log.close();
    await server.close();
  });
});
