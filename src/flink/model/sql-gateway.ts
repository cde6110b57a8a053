/** What the SQL Gateway says beside results: its versions, handles, and states of operations. */
import { Fields, mismatch } from './fields.ts';

declare const kind: unique symbol;
/** A UUID. Whoever knows it can use the session. */
export type SessionHandle = string & { readonly [kind]: 'session' };
/** A UUID. */
export type OperationHandle = string & { readonly [kind]: 'operation' };

/** Newest first. v1, of Flink 1.16, cannot say which job a statement became. */
const SPOKEN_VERSIONS = [4, 3, 2] as const;
export type GatewayVersion = (typeof SPOKEN_VERSIONS)[number];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The numbers of all versions that a gateway offers. */
export function decodeApiVersions(answer: unknown): readonly number[] {
  const versions = Fields.of(answer).texts('versions');
  const numbers = versions.flatMap((version) => {
    const digits = /^v(\d{1,4})$/i.exec(version)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  if (numbers.length === 0) throw mismatch('it names no version of the SQL Gateway');
  return numbers;
}

/** The newest that both sides speak; null when there is none. */
export function commonVersion(offered: readonly number[]): GatewayVersion | null {
  return SPOKEN_VERSIONS.find((version) => offered.includes(version)) ?? null;
}

export function isSessionHandle(text: string): text is SessionHandle {
  return UUID.test(text);
}

export function decodeSessionHandle(answer: unknown): SessionHandle {
  const handle = Fields.of(answer).requiredText('sessionHandle');
  if (!isSessionHandle(handle)) throw mismatch('its sessionHandle is no UUID');
  return handle;
}

export function decodeOperationHandle(answer: unknown): OperationHandle {
  const handle = Fields.of(answer).requiredText('operationHandle');
  if (!UUID.test(handle)) throw mismatch('its operationHandle is no UUID');
  return handle as OperationHandle;
}

/** `FINISHED`, `RUNNING`, ...: of an operation, which is not its job. */
export function decodeOperationStatus(answer: unknown): string {
  return Fields.of(answer).requiredText('status');
}
