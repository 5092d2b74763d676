import { describe, expect, it } from 'vitest';
import { bootstrapAnswer, bootstrapParams } from '../../src/launch/bootstrap-form.js';
import { listenerDetails } from '../../src/launch/listener-details.js';

const LINE = { id: 'c1', namespace: 'ns', address: '/run/c.sock' };
/** instance_id 1 "c1", namespace 2 "ns", log_level 3 DEBUG, version 4 "2.3.0", ttrpc 5 "/t", grpc 6 "/g", socket_dir 9 "/s". */
const PARAMS = Buffer.from(
  '0a026331' + '12026e73' + '18fcffffffffffffffff01' + '2205322e332e30' + '2a022f74' + '32022f67' + '4a022f73',
  'hex',
);
/** type_url 1 "containerd.runc.v1.Options", value 2. */
const ANY = Buffer.from(`0a1a${Buffer.from('containerd.runc.v1.Options').toString('hex')}12020801`, 'hex');
const ADDRESS = 'unix:///run/containerd/s/ab';

describe('what stdin of start is', () => {
  it('is the message of containerd 2.3 if it names the task of the flags', () => {
    const params = bootstrapParams(LINE, PARAMS);
    expect(params).toMatchObject({ logLevel: -4, containerdVersion: '2.3.0', ttrpcAddress: '/t', socketDir: '/s' });
  });

  it('is that message with fields of a containerd to come', () => {
    const later = Buffer.concat([PARAMS, Buffer.from('aa06026869', 'hex')]);
    expect(bootstrapParams(LINE, later)).toEqual(bootstrapParams(LINE, PARAMS));
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['options in an Any', ANY],
    ['bytes that are no message', Buffer.from('0aff', 'hex')],
    ['text', Buffer.from('unix:///x')],
    ['half a message', PARAMS.subarray(0, -1)],
  ])('is not for an earlier containerd: %s', (_what, input) => {
    expect(bootstrapParams(LINE, input)).toBeUndefined();
  });

  it.each([
    ['id', { ...LINE, id: 'c2' }],
    ['namespace', { ...LINE, namespace: 'n' }],
  ])('is not if it is about another %s', (_what, line) => {
    expect(bootstrapParams(line, PARAMS)).toBeUndefined();
  });
});

describe('the answer of start', () => {
  it('is a BootstrapResult for who sent the message: version 1, address 2, protocol 3', () => {
    const answer = bootstrapAnswer(bootstrapParams(LINE, PARAMS), ADDRESS);
    const expected = `0802${'121b'}${Buffer.from(ADDRESS).toString('hex')}1a05${Buffer.from('ttrpc').toString('hex')}`;
    expect(Buffer.from(answer).toString('hex')).toBe(expected);
  });

  it('is the bare address for the others', () => {
    expect(Buffer.from(bootstrapAnswer(undefined, ADDRESS)).toString()).toBe(ADDRESS);
  });
});

describe('the socket for events', () => {
  const env = { TTRPC_ADDRESS: '/env' };

  it('is the one that the message names, before that of the variable', () => {
    expect(listenerDetails(LINE, { env }, bootstrapParams(LINE, PARAMS)).ttrpcAddress).toBe('/t');
  });

  it('is that of the variable, or beside the socket of -address', () => {
    expect(listenerDetails(LINE, { env }, { ttrpcAddress: '' }).ttrpcAddress).toBe('/env');
    expect(listenerDetails(LINE, { env: {} }).ttrpcAddress).toBe('/run/c.sock.ttrpc');
  });
});
