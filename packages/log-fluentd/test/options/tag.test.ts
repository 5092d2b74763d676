import { containerFacts } from '@holdfast/core/plugin';
import { describe, expect, it } from 'vitest';
import { parseTag, renderTag } from '../../src/options/tag.js';

const facts = containerFacts({
  id: '0123456789abcdef',
  namespace: 'team',
  bundle: '/bundle',
  createdAt: '',
  annotations: {
    'io.kubernetes.cri-o.ImageRef': 'sha256:fedcba98765432100',
    'org.opencontainers.image.ref.name': 'img:1',
  },
  labels: { 'io.kubernetes.container.name': 'web' },
});

describe('a tag', () => {
  it.each([
    ['plain', 'plain'],
    ['docker.{{.ID}}', 'docker.0123456789ab'],
    ['{{ .FullID }}', '0123456789abcdef'],
    ['{{.Name}}{{.Namespace}}.z', 'webteam.z'],
    ['{{.ImageName}} {{.ImageID}} {{.ImageFullID}}', 'img:1 fedcba987654 sha256:fedcba98765432100'],
    ['{{.DaemonName}} }} {', 'holdfast }} {'],
  ])('%s is %s', (template, tag) => {
    expect(renderTag(parseTag(template), facts)).toBe(tag);
  });

  it.each([
    ['{{.Nmae}}', 1, 'unknown field ".Nmae"'],
    ['ab{{ .name }}', 3, 'did you mean {{.Name}}?'],
    ['{{Name}}', 1, 'did you mean {{.Name}}?'],
    ['x{{.ID', 2, '"{{" is not closed'],
    ['{{}}', 1, 'unknown field ""'],
  ])('%s is refused at position %i', (template, position, what) => {
    expect(() => parseTag(template)).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: 'options.tag',
        message: expect.stringMatching(new RegExp(`position ${position}: .*`)) as string,
        remedy: expect.stringContaining('{{.Name}}') as string,
      }),
    );
    expect(() => parseTag(template)).toThrow(what);
  });
});
