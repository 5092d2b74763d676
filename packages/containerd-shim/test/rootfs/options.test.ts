import { describe, expect, it } from 'vitest';
import { parseMountOptions } from '../../src/rootfs/mount-options.js';
import { joinOptions } from '../../src/rootfs/overlay-options.js';

describe('parseMountOptions', () => {
  it('tells flags, propagation and data apart', () => {
    expect(parseMountOptions(['ro', 'nosuid', 'rbind', 'rprivate', 'size=64k', 'mode=755'])).toEqual({
      ...{ flags: 0x1 | 0x2 | 0x5000, propagation: [0x44000], data: ['size=64k', 'mode=755'] },
    });
  });

  it('lets the last of two opposites count', () => {
    expect(parseMountOptions(['ro', 'rw']).flags).toBe(0);
    expect(parseMountOptions(['rw', 'ro', 'noexec', 'exec']).flags).toBe(1);
  });

  it('takes names of Object.prototype for data', () => {
    expect(parseMountOptions(['constructor', '__proto__']).data).toEqual(['constructor', '__proto__']);
  });
});

describe('joinOptions', () => {
  const layers = Array.from({ length: 120 }, (_, i) => `/var/lib/containerd/snapshots/${i + 100}/fs`);
  const overlay = ['index=off', 'workdir=/w', 'upperdir=/u', `lowerdir=${layers.join(':')}`];

  it('leaves what fits as it is', () => {
    expect(joinOptions('overlay', ['lowerdir=/a/1:/a/2', 'upperdir=/u'])).toEqual({
      ...{ data: 'lowerdir=/a/1:/a/2,upperdir=/u', directory: '' },
    });
  });

  it('shortens the layers of an overlay by what their paths share', () => {
    const { data, directory } = joinOptions('overlay', overlay);
    expect(directory).toBe('/var/lib/containerd/snapshots');
    expect(data).toBe(`index=off,workdir=/w,upperdir=/u,lowerdir=${layers.map((_, i) => `${i + 100}/fs`).join(':')}`);
    expect(data.length).toBeLessThan(4096);
  });

  it('shortens no other file system, and nothing that shares nothing', () => {
    expect(joinOptions('ext4', overlay).directory).toBe('');
    const apart = [`lowerdir=/a/${'x'.repeat(2100)}:/b/${'y'.repeat(2100)}`];
    expect(joinOptions('overlay', apart)).toEqual({ data: apart[0], directory: '' });
  });

  it('takes a layer above another', () => {
    const deep = ['/s/a', ...layers.map((path) => `/s/a${path}`)];
    expect(joinOptions('overlay', [`lowerdir=${deep.join(':')}`]).directory).toBe('/s');
  });
});
