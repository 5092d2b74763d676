import type { ContainerFacts } from '@holdfast/core/plugin';
import type { Field } from './field.js';

/** Names that only the driver gives: labels can't. */
const OWN = new Set([
  'MESSAGE',
  'MESSAGE_ID',
  'PRIORITY',
  'IMAGE_NAME',
  'CODE_FILE',
  'CODE_FUNC',
  'CODE_LINE',
  'ERRNO',
  'INVOCATION_ID',
  'USER_INVOCATION_ID',
  'DOCUMENTATION',
  'TID',
  'UNIT',
  'USER_UNIT',
  'OBJECT_PID',
]);
const OWN_PREFIXES = ['CONTAINER_', 'SYSLOG_', 'HOLDFAST_', 'COREDUMP_', 'OBJECT_'];

/** True for a field that means something to journald, to its readers, or to this driver. */
export function isOwnField(name: string): boolean {
  return OWN.has(name) || OWN_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** What {@link ownFields} makes fields of. */
export interface Identity {
  readonly facts: ContainerFacts;
  readonly tag: string;
  /** When the container was created: tells it from an earlier one of the same id. */
  readonly createdAt: string;
  /** One for each time that the driver was made. */
  readonly epoch: string;
}

/** The fields that are the same in all entries of a driver. */
export function ownFields({ facts, tag, createdAt, epoch }: Identity): Field[] {
  return [
    ['CONTAINER_ID', facts.ID],
    ['CONTAINER_ID_FULL', facts.FullID],
    ['CONTAINER_NAME', facts.Name],
    ['CONTAINER_TAG', tag],
    ['SYSLOG_IDENTIFIER', tag],
    ...(facts.ImageName === '' ? [] : [['IMAGE_NAME', facts.ImageName] as const]),
    ['HOLDFAST_NAMESPACE', facts.Namespace],
    ['HOLDFAST_CREATED', createdAt],
    ['CONTAINER_LOG_EPOCH', epoch],
  ];
}
