import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CreateContainerRequest } from '../../src/api/documents.js';
import type { Handed } from '../../src/api/unit-documents.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

async function create(more: Partial<CreateContainerRequest>, handed: Handed = {}): Promise<ShimFixture> {
  const fixture = new ShimFixture();
  await fixture.compose().shim.create(fixture.request(more), handed);
  return fixture;
}

describe('a container of a unit', () => {
  it('lies below the cgroup that came along, under a name of its own', async () => {
    const fixture = await create({ withUnit: true }, { cgroup: '/system.slice/web.service' });
    const bundle = join(fixture.layout.container(REF), 'bundle', 'config.json');
    const spec = JSON.parse(readFileSync(bundle, 'utf8')) as { linux: { cgroupsPath: string } };
    expect(spec.linux.cgroupsPath).toMatch(/^\/system\.slice\/web\.service\/holdfast-[0-9a-f-]{36}$/);
  });

  it.each<[string, Partial<CreateContainerRequest>, Handed, string]>([
    ['a cgroup that did not come along', { withUnit: true }, {}, "the caller's cgroup did not come along"],
    ['descriptors that did not come along', { preserveFds: [3] }, {}, 'did not come along'],
    [
      'more activated descriptors than there are',
      { preserveFds: [3], listenFds: { count: 2 } },
      { descriptors: [0] },
      'listenFds.count is 2, of 1',
    ],
  ])('is refused for %s, before anything is recorded', async (_what, more, handed, message) => {
    await expect(create(more, handed)).rejects.toMatchObject({
      code: 'SHIM_INVALID_ARGUMENT',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is refused when its runtime passes no descriptors on, and nothing is left', async () => {
    const fixture = new ShimFixture();
    const { shim } = fixture.compose();
    const request = fixture.request({ preserveFds: [3] });
    await expect(shim.create(request, { descriptors: [0] })).rejects.toMatchObject({ code: 'SHIM_UNSUPPORTED' });
    expect(await shim.list()).toEqual([]);
    expect(fixture.keeper.held.size).toBe(0);
  });
});
