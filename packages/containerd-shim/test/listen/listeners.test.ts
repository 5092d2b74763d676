import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerDocument, ShimService } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Listener } from '../../src/listen/listener.js';
import { Listeners } from '../../src/listen/listeners.js';
import { ADDRESS_LABEL, coreNamespace, socketPath, TTRPC_LABEL } from '../../src/names.js';
import { fakeHost, type FakeHost } from '../support/fake-host.js';

const OF = { address: '/c.sock', namespace: 'ns' };
const DETAILS = { ttrpcAddress: '/c.sock.ttrpc', environment: { HOLDFAST_CONFIG: '/x' } };

const fileOf = ({ layout }: FakeHost): string => join(layout.group('containerd'), 'containerd.json');
const listed = (listeners: Listeners): Listener[] => [...listeners.all];

async function recovered({ host }: FakeHost): Promise<Listeners> {
  const listeners = new Listeners(host);
  onTestFinished(() => listeners.removeSockets());
  await listeners.recover();
  return listeners;
}

describe('the sockets of a group', () => {
  it('are made once, and are there for the next shimd', async () => {
    const fake = fakeHost();
    const listeners = await recovered(fake);
    const [one, other] = await Promise.all([listeners.ensure(OF, DETAILS), listeners.ensure(OF, DETAILS)]);
    expect(other).toBe(one);
    expect([...fake.keeper.relayed]).toEqual([one.key]);
    expect(statSync(fileOf(fake)).mode & 0o777).toBe(0o600);
    expect(listed(await recovered(fake))).toEqual([one]);
  });

  it('have what containerd tells now, for the next shimd too', async () => {
    const fake = fakeHost();
    const listeners = await recovered(fake);
    const one = await listeners.ensure(OF, DETAILS);
    await listeners.ensure(OF, { ...DETAILS, environment: { HOLDFAST_CONFIG: '/y' } });
    expect(one.environment).toEqual({ HOLDFAST_CONFIG: '/y' });
    expect(listed(await recovered(fake))).toEqual([one]);
  });

  it('are made anew for a keeper that does not have them, where they were', async () => {
    const fake = fakeHost();
    const one = await (await recovered(fake)).ensure(OF, DETAILS);
    fake.keeper.held.clear();
    fake.keeper.relayed.clear();
    expect(listed(await recovered(fake))).toEqual([one]);
    expect([...fake.keeper.relayed]).toEqual([one.key]);
    expect(existsSync(one.path)).toBe(true);
  });

  it('are all known to the next shimd if this one is killed while it takes them up', async () => {
    const fake = fakeHost();
    const listeners = await recovered(fake);
    for (const namespace of ['a', 'b']) await listeners.ensure({ ...OF, namespace }, DETAILS);
    const before = readFileSync(fileOf(fake), 'utf8');
    fake.keeper.held.clear();
    fake.keeper.relayed.clear();
    const seen = new Set<string>();
    fake.keeper.beforeRelay = async () => void seen.add(readFileSync(fileOf(fake), 'utf8'));
    await recovered(fake);
    expect([...seen]).toEqual([before]);
  });

  it('of a keeper that is too old are refused, to every start, and nothing is left', async () => {
    const fake = fakeHost();
    fake.keeper.tooOld = true;
    const listeners = await recovered(fake);
    const refused = { code: 'SHIM_UNSUPPORTED', message: expect.stringContaining('too old') as string };
    // The second comes while the first is at it, the third when it is over.
    const starts = [listeners.ensure(OF, DETAILS), listeners.ensure(OF, DETAILS)];
    for (const start of starts) await expect(start).rejects.toMatchObject(refused);
    await expect(listeners.ensure(OF, DETAILS)).rejects.toMatchObject(refused);
    expect([...fake.keeper.held]).toEqual([]);
    expect(listed(listeners)).toEqual([]);
    expect(readFileSync(fileOf(fake), 'utf8')).toBe('[]');
    expect(existsSync(socketPath(OF, 'containerd', fake.layout.root))).toBe(false);
  });
});

describe('a broken file of sockets', () => {
  const container = (namespace: string, labels: Record<string, string>) => ({ namespace, labels });

  /** The containers of the group tell these. */
  function withContainers(documents: ReturnType<typeof container>[]): FakeHost {
    const service = { list: () => Promise.resolve(documents as unknown as ContainerDocument[]) } as ShimService;
    return fakeHost({ service });
  }

  const labels = { [ADDRESS_LABEL]: OF.address, [TTRPC_LABEL]: '/events.sock' };

  it.each([
    ['nothing', () => ''],
    ['half of it', (text: string) => text.slice(0, 20)],
    ['no list', () => '{}'],
    ['another socket', (text: string) => text.replace('/run/containerd/s/', '/etc/')],
    ['another key', (text: string) => text.replace('/ns"', '/other"')],
    ['no variables', (text: string) => text.replace('"/x"', '7')],
  ])('with %s is set aside and logged, and the sockets are learnt from the containers', async (_what, spoil) => {
    const fake = withContainers([container(coreNamespace(OF), labels), container('default', {})]);
    const one = await (await recovered(fake)).ensure(OF, DETAILS);
    const text = spoil(readFileSync(fileOf(fake), 'utf8'));
    writeFileSync(fileOf(fake), text);
    const again = await recovered(fake);
    expect(listed(again)).toEqual([{ ...one, ttrpcAddress: '/events.sock', environment: {} }]);
    expect(fake.log).toEqual([expect.stringContaining('the file of sockets is broken') as string]);
    expect(readFileSync(`${fileOf(fake)}.broken`, 'utf8')).toBe(text);
    expect(listed(await recovered(fake))).toEqual(listed(again));
  });

  it('does not lose the sockets of containers of an earlier version', async () => {
    const usual = { address: '/run/containerd/containerd.sock', namespace: 'k8s.io' };
    const fake = withContainers([container('containerd-k8s.io', {})]);
    const details = { ttrpcAddress: '/run/containerd/containerd.sock.ttrpc', environment: {} };
    const one = await (await recovered(fake)).ensure(usual, details);
    writeFileSync(fileOf(fake), 'x');
    expect(listed(await recovered(fake))).toEqual([one]);
  });

  it('that is a directory keeps nobody from serving', async () => {
    const fake = withContainers([]);
    rmSync(fileOf(fake), { force: true });
    mkdirSync(fileOf(fake));
    expect(listed(await recovered(fake))).toEqual([]);
    expect(statSync(`${fileOf(fake)}.broken`).isDirectory()).toBe(true);
  });
});
