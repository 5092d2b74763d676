import type { TagField } from './container-tag.js';
import type { LoggedContainer } from './plugin-context.js';

/** What whoever has a container calls it, where holdfast calls it otherwise: label of a front end. */
export const OWNERS_ID = 'io.holdfast.owners-id';
export const OWNERS_NAME = 'io.holdfast.owners-name';
/** Where engines say what holdfast itself does not know. */
const NAME = [
  OWNERS_NAME,
  'io.kubernetes.cri.container-name',
  'io.kubernetes.container.name',
  'io.kubernetes.cri-o.ContainerName',
];
const IMAGE_NAME = [
  'io.kubernetes.cri.image-name',
  'io.kubernetes.cri-o.ImageName',
  'org.opencontainers.image.ref.name',
];
const IMAGE_ID = ['io.kubernetes.cri-o.ImageRef'];
const SHORT = 12;

/** What can be said of a container; empty where it is not known. */
export type ContainerFacts = Readonly<Record<TagField, string>>;

/** What is known of `container`; its name and image as containerd, CRI-O and image tools put them into annotations. */
export function containerFacts(container: LoggedContainer): ContainerFacts {
  const { namespace } = container;
  const id = container.labels[OWNERS_ID] ?? container.id;
  const name = firstOf(container, NAME) ?? id;
  const imageName = firstOf(container, IMAGE_NAME) ?? '';
  const imageId = firstOf(container, IMAGE_ID) ?? '';
  return {
    ID: id.slice(0, SHORT),
    FullID: id,
    Name: name,
    Namespace: namespace,
    ImageName: imageName,
    ImageID: imageId.replace(/^sha256:/, '').slice(0, SHORT),
    ImageFullID: imageId,
    DaemonName: 'holdfast',
    ContainerID: id,
    ContainerName: name,
    ContainerImageID: imageId,
    ContainerImageName: imageName,
  };
}

function firstOf({ annotations, labels }: LoggedContainer, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    if (Object.hasOwn(annotations, key)) return annotations[key];
    if (Object.hasOwn(labels, key)) return labels[key];
  }
  return undefined;
}
