import { hostname } from 'node:os';
import { containerFacts, renderTag, type LoggedContainer } from '@holdfast/core/plugin';
import { priority, SEVERITY } from '../options/facilities.js';
import type { Settings } from '../options/settings.js';
import { MessageHead, type HeadParts } from './message-head.js';
import { printable } from './printable.js';
import { element, fitting, type Param } from './structured-data.js';

/** RFC 5424, 6.2; RFC 3164, 5.3. */
const HOSTNAME_LIMIT = 255;
const APP_NAME_LIMIT = 48;
const TAG_LIMIT = 32;
/** A TAG ends at the first of these. */
const TAG_ENDS = /[:[\]]/gu;
/** Most of a message that structured data takes: it is for its text. */
const DATA_SHARE = 4;

/** The heads of a container's messages, and the labels for which there was no room. */
export interface Heads {
  readonly stdout: MessageHead;
  readonly stderr: MessageHead;
  readonly gap: MessageHead;
  readonly refused: readonly string[];
}

/** What does not change in the messages of a container. */
export function headsOf(container: LoggedContainer, settings: Settings): Heads {
  const { format, facility } = settings;
  const facts = containerFacts(container);
  const tag = renderTag(settings.tag, facts);
  const { elements, refused } = elementsOf(container, settings);
  const isOld = format === 'rfc3164';
  const common: Omit<HeadParts, 'priority' | 'messageId'> = {
    format,
    hostname: hostnameOf(settings),
    tag: isOld ? printable(tag, TAG_LIMIT, TAG_ENDS) : printable(tag, APP_NAME_LIMIT),
    elements,
  };
  const head = (severity: number, messageId: string): MessageHead =>
    new MessageHead({ ...common, priority: priority(facility, severity), messageId });
  return {
    stdout: head(SEVERITY.info, 'stdout'),
    stderr: head(SEVERITY.err, 'stderr'),
    gap: head(SEVERITY.warning, 'gap'),
    refused,
  };
}

/** Local daemons take the first word behind an old message's time for its tag. */
function hostnameOf({ format, address, hostname: chosen }: Settings): string {
  const isLocal = address.kind === 'unix' || address.kind === 'unixgram';
  if (format === 'rfc3164' && isLocal) return chosen ?? '';
  return printable(chosen ?? hostname(), HOSTNAME_LIMIT);
}

function elementsOf(container: LoggedContainer, settings: Settings): { elements: string; refused: string[] } {
  const { format, enterpriseNumber, maxMessage } = settings;
  if (format === 'rfc3164') return { elements: '', refused: [] };
  const room = Math.floor(maxMessage / DATA_SHARE);
  const own = fitting(ownParams(container), room);
  const text = element(`container@${enterpriseNumber}`, own.fit);
  const labels = fitting(labelParams(container, settings.labels), room - Buffer.byteLength(text));
  return {
    elements: text + element(`labels@${enterpriseNumber}`, labels.fit),
    refused: [...own.refused, ...labels.refused],
  };
}

function ownParams(container: LoggedContainer): Param[] {
  const { FullID, Namespace, Name, ImageName } = containerFacts(container);
  const params: Param[] = [
    ['id', FullID],
    ['namespace', Namespace],
    ['name', Name],
    ['image', ImageName],
  ];
  return params.filter(([, value]) => value !== '');
}

/** Labels go before annotations of the same name. */
function labelParams({ labels, annotations }: LoggedContainer, names: readonly string[]): Param[] {
  const valueOf = (name: string): string | undefined => {
    const holder = [labels, annotations].find((candidate) => Object.hasOwn(candidate, name));
    return holder?.[name];
  };
  return names.flatMap((name): Param[] => {
    const value = valueOf(name);
    return value === undefined ? [] : [[name, value]];
  });
}
