import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigSources, ContainerConfig, FrontEndHost } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packAny, RuncOptions, RuntimeOptions, type Any } from '../../src/messages/index.js';
import { chooseConfig } from '../../src/task/choose-config.js';

let bundle: string;
beforeEach(() => void (bundle = mkdtempSync(join(tmpdir(), 'hf-bundle-'))));
afterEach(() => rmSync(bundle, { recursive: true }));

const LOG = { driver: 'journald' };

/** What was asked of the config, and what came of it. */
async function choose(options?: Any, origins: [string, string][] = [['logs[0].driver', 'default']]) {
  const asked: ConfigSources[] = [];
  const host = {
    loadConfig: (sources: ConfigSources) => {
      asked.push(sources);
      const runtime = { name: sources.flags?.runtime ?? 'runc', options: { path: 'runc' } };
      const config = { runtime, logs: [LOG] } as unknown as ContainerConfig;
      return Promise.resolve({ origins: new Map(origins), container: () => Promise.resolve(config) });
    },
  } as unknown as FrontEndHost;
  const environment = { HOLDFAST_CONFIG: '/x' };
  const config = await chooseConfig(host, { ref: { namespace: 'n', id: 'c' }, bundle, environment, options });
  return { asked: asked[0], config };
}

describe('chooseConfig', () => {
  it("takes holdfast's own config, and no log driver that nobody has named", async () => {
    const { asked, config } = await choose();
    expect(asked).toEqual({ cwd: '/', environment: { HOLDFAST_CONFIG: '/x' }, flags: { runtime: undefined } });
    expect(config.logs).toEqual([]);
  });

  it('keeps the log drivers that a config names', async () => {
    expect((await choose(undefined, [['logs[0].driver', '/etc/holdfast/config.yaml:3']])).config.logs).toEqual([LOG]);
  });

  it('takes the file that containerd names', async () => {
    const { asked } = await choose(packAny(RuntimeOptions, { configPath: '/etc/holdfast/other.yaml' }));
    expect(asked?.file).toBe('/etc/holdfast/other.yaml');
  });

  it("takes containerd's options for its own runtime", async () => {
    const options = packAny(RuncOptions, { binaryName: '/opt/bin/crun-1.20', systemdCgroup: true, noPivotRoot: true });
    const { asked, config } = await choose(options);
    expect(asked?.flags).toEqual({ runtime: 'crun' });
    expect(config.runtime.options).toEqual({ path: '/opt/bin/crun-1.20', systemdCgroup: true, noPivot: true });
  });

  it('lets the annotation of a bundle choose the runtime', async () => {
    writeFileSync(join(bundle, 'config.json'), JSON.stringify({ annotations: { 'io.holdfast.runtime': 'crun' } }));
    expect((await choose(packAny(RuncOptions, { binaryName: 'runc' }))).asked?.flags).toEqual({ runtime: 'crun' });
  });

  it.each(['', '{', '[]', '{"annotations": 7}', '{"annotations": {"io.holdfast.runtime": 7}}'])(
    'takes a config.json with %j for one without annotation',
    async (text) => {
      writeFileSync(join(bundle, 'config.json'), text);
      expect((await choose()).asked?.flags).toEqual({ runtime: undefined });
    },
  );
});
