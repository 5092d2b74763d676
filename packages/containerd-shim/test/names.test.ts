import { describe, expect, it } from 'vitest';
import { containerdNamespace, coreNamespace, listenerKey, socketPath } from '../src/names.js';

const USUAL = '/run/containerd/containerd.sock';

it('names namespaces so that those of two containerds, and of shimctl, never meet', () => {
  const names = [
    coreNamespace({ address: USUAL, namespace: 'default' }),
    coreNamespace({ address: USUAL, namespace: 'k8s.io' }),
    coreNamespace({ address: '/run/other.sock', namespace: 'default' }),
    'default',
  ];
  expect(names[0]).toBe('containerd-default');
  expect(new Set(names).size).toBe(4);
});

it('has a socket for each namespace of each containerd, group and root, short enough for sun_path', () => {
  const paths = [USUAL, '/run/other.sock'].flatMap((address) =>
    ['default', 'x'.repeat(76)].flatMap((namespace) =>
      ['containerd', 'pod'].flatMap((group) =>
        ['/run/holdfast', '/tmp/r'].map((root) => socketPath({ address, namespace }, group, root)),
      ),
    ),
  );
  expect(new Set(paths).size).toBe(16);
  for (const path of paths) expect(path.length).toBeLessThanOrEqual(106);
});

it('names listeners within what the keeper takes', () => {
  expect(listenerKey({ address: 'a'.repeat(500), namespace: 'x'.repeat(76) }).length).toBeLessThanOrEqual(255);
});

describe('containerdNamespace', () => {
  it.each([
    ['/run/containerd/containerd.sock', 'k8s.io'],
    ['/other.sock', 'ns'],
    ['/other.sock', 'a-12345678'],
  ])('of a containerd at %s finds %s again', (address, namespace) => {
    expect(containerdNamespace(coreNamespace({ address, namespace }), address)).toBe(namespace);
  });

  it('finds none in what is of another containerd, or of none', () => {
    expect(containerdNamespace(coreNamespace({ address: '/other.sock', namespace: 'ns' }), '/third.sock')).toBe(
      undefined,
    );
    expect(containerdNamespace('default', '/run/containerd/containerd.sock')).toBe(undefined);
    expect(containerdNamespace('containerd-', '/run/containerd/containerd.sock')).toBe(undefined);
  });
});
