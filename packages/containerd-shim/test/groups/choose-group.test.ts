import { describe, expect, it } from 'vitest';
import { checkIdentifier } from '@holdfast/core/client';
import { groupOf, NODE_GROUP } from '../../src/groups/choose-group.js';

const USUAL = '/run/containerd/containerd.sock';
const RUNC_V2 = 'io.containerd.runc.v2.group';
const CRI = 'io.kubernetes.cri.sandbox-id';
const TASK = { address: USUAL, namespace: 'k8s.io', id: 'c1', annotations: {} };

const podOf = (annotations: Record<string, unknown>, more: Partial<typeof TASK> = {}): string =>
  groupOf('pod', { ...TASK, ...more, annotations });

describe('groupOf', () => {
  it('is one group for a node, whatever a task says of its pod', () => {
    expect(groupOf('node', { ...TASK, annotations: { [CRI]: 'p1' } })).toBe(NODE_GROUP);
  });

  it('is one group for each namespace of each containerd', () => {
    expect(groupOf('namespace', { ...TASK, annotations: { [CRI]: 'p1' } })).toBe('containerd-k8s.io');
    expect(groupOf('namespace', { ...TASK, address: '/other.sock' })).toMatch(/^containerd-k8s\.io-[0-9a-f]{8}$/);
  });

  it('is one group for each pod, by the annotation that comes first', () => {
    expect(podOf({ [CRI]: 'p1' })).toBe('containerd-k8s.io+p1');
    expect(podOf({ [CRI]: 'p1', [RUNC_V2]: 'g1' })).toBe('containerd-k8s.io+g1');
    expect(podOf({ [CRI]: 'p1' }, { namespace: 'moby' })).toBe('containerd-moby+p1');
  });

  it.each([{}, { [CRI]: '' }, { [CRI]: 7 }, { other: 'p1' }])(
    'is a group of its own for a task with %j',
    (annotations) => {
      expect(podOf(annotations)).toBe('containerd-k8s.io+c1');
    },
  );

  it('is a name that groups can have, and another for each pod, whatever the annotation holds', () => {
    const odd = ['../../x', 'a b', '+', '-x', 'ä', '\n', 'x'.repeat(128), 'y'.repeat(100_000)];
    const groups = odd.map((pod) => podOf({ [RUNC_V2]: pod }, { namespace: 'n'.repeat(76), address: '/other.sock' }));
    for (const group of groups) expect(checkIdentifier(group, 'group')).toBe(group);
    expect(new Set(groups).size).toBe(odd.length);
    expect(groups[0]).toMatch(/\+\+[0-9a-f]{16}$/);
  });
});
