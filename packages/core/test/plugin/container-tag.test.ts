import { describe, expect, it } from 'vitest';
import { containerFacts, parseTag, renderTag } from '../../src/plugin/index.js';

const container = {
  id: '0123456789abcdef',
  namespace: 'team',
  bundle: '/bundle',
  createdAt: '',
  annotations: {
    'io.kubernetes.cri-o.ImageRef': 'sha256:fedcba98765432100',
    'org.opencontainers.image.ref.name': 'img:1',
  },
  labels: { 'io.kubernetes.container.name': 'web' },
};
const render = (template: string): string => renderTag(parseTag(template), containerFacts(container));

describe('a tag', () => {
  it.each([
    ['plain', 'plain'],
    ['{{.ID}}', '0123456789ab'],
    ['{{ .FullID }}', '0123456789abcdef'],
    ['{{.Name}}/{{.Namespace}}', 'web/team'],
    ['a {{.ImageName}}{{.ImageID}} z', 'a img:1fedcba987654 z'],
    ['{{.ImageFullID}}', 'sha256:fedcba98765432100'],
    ['{{.DaemonName}} }} {', 'holdfast }} {'],
    [
      '{{.ContainerID}} {{.ContainerName}} {{.ContainerImageID}} {{.ContainerImageName}}',
      '0123456789abcdef web sha256:fedcba98765432100 img:1',
    ],
  ])('%s is %s', (template, tag) => {
    expect(render(template)).toBe(tag);
  });

  it.each([
    ['{{.Nmae}}', 3, 'unknown field ".Nmae"'],
    ['ab {{ .name }}', 7, 'did you mean {{.Name}}?'],
    ['x{{.ID', 2, '"{{" is not closed'],
    ['{{}}', 3, 'a field is missing'],
    ['{{ID}}', 3, '"ID" is no field'],
    ['{{.ID}} {{upper .Name}}', 11, '"upper .Name" is no field'],
  ])('%s is refused at position %i', (template, position, what) => {
    expect(() => parseTag(template)).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: 'options.tag',
        message: expect.stringContaining(`position ${position}: `) as string,
        remedy: expect.stringContaining('{{.Name}}') as string,
      }),
    );
    expect(() => parseTag(template)).toThrow(what);
  });

  it('names the image by what is known of it, and is empty where nothing is', () => {
    const bare = { ...container, annotations: {}, labels: {} };
    expect(renderTag(parseTag('{{.Name}}|{{.ImageName}}|{{.ImageID}}'), containerFacts(bare))).toBe(
      '0123456789abcdef||',
    );
  });
});
