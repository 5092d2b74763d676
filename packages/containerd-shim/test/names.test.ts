import { expect, it } from 'vitest';
import { coreNamespace, listenerKey, socketPath } from '../src/names.js';

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
