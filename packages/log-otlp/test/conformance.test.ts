import otlp from '@holdfast/log-otlp';
import { describeLogDriver } from '@holdfast/testkit';
import { afterAll, expect } from 'vitest';
import { OtlpReceiver } from '../../../test/support/otlp-receiver.js';

const receiver = await OtlpReceiver.start();
afterAll(async () => {
  await receiver.close();
  expect(receiver.errors).toEqual([]);
});

for (const protocol of ['http/protobuf', 'http/json']) {
  describeLogDriver({
    name: `the OTLP driver, with ${protocol}`,
    definition: otlp,
    options: { endpoint: receiver.url, protocol },
    unusable: ({ directory }) => ({ endpoint: 'https://localhost:1', tls: { ca: `${directory}/none.pem` } }),
  });
}
