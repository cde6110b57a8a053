/** Identifiers of Flink: what they look like, and that they are not mixed up. */
import { mismatch, type Fields } from './fields.ts';

declare const kind: unique symbol;
type Identifier<Kind extends string> = string & { readonly [kind]: Kind };

/** 32 hexadecimal digits in lower case. */
export type JobId = Identifier<'job'>;
/** 32 hexadecimal digits in lower case. */
export type VertexId = Identifier<'vertex'>;
/** 32 hexadecimal digits in lower case: names one asynchronous operation. */
export type TriggerId = Identifier<'trigger'>;
/** `<uuid>_<name>.jar`, a file name. */
export type JarId = Identifier<'jar'>;
/** Free text: `host:port-xxxxxx`. */
export type TaskManagerId = Identifier<'taskmanager'>;

/** Bytes behind 32 hexadecimal digits. */
export const ID_BYTES = 16;
const HEX_32 = /^[0-9a-f]{32}$/i;

/** Flink takes identifiers in any case and gives them in lower case. */
export function isHexId(text: string): boolean {
  return HEX_32.test(text);
}

export function jobIdOf(text: string): JobId {
  return hexId(text, 'job') as JobId;
}

export function vertexIdOf(text: string): VertexId {
  return hexId(text, 'vertex') as VertexId;
}

export function triggerIdOf(text: string): TriggerId {
  return hexId(text, 'operation') as TriggerId;
}

/** A new identifier from 16 random bytes. */
export function triggerIdFrom(bytes: Uint8Array): TriggerId {
  return hexOf(bytes) as TriggerId;
}

/** A new identifier from 16 random bytes. */
export function jobIdFrom(bytes: Uint8Array): JobId {
  return hexOf(bytes) as JobId;
}

/** Throws when it could be anything but the name of a file in the upload folder. */
export function jarIdOf(text: string): JarId {
  if (text === '' || text.startsWith('.') || /[/\\\p{Cc}]/u.test(text)) {
    throw mismatch(`${JSON.stringify(text)} is no identifier of a jar`);
  }
  return text as JarId;
}

export function taskManagerIdOf(text: string): TaskManagerId {
  if (text === '') throw mismatch('a TaskManager has an empty identifier');
  return text as TaskManagerId;
}

/** The job id in a field; throws when it is none. */
export function requiredJobId(fields: Fields, name: string): JobId {
  return jobIdOf(fields.requiredText(name));
}

function hexId(text: string, what: string): string {
  if (!isHexId(text)) throw mismatch(`${JSON.stringify(text)} is no identifier of a ${what}`);
  return text.toLowerCase();
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
