/** Who holds a lock, as its file says it: one line of JSON. */
export interface LockHolder {
  readonly host: string;
  readonly processId: number;
  readonly processToken: string;
  /** Wall clock of the holder's machine, epoch milliseconds. */
  readonly renewedAtMs: number;
  readonly state: 'held' | 'released';
}

export function encodeHolder(holder: LockHolder): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(holder)}\n`);
}

/** Null: being written at this moment, or left half written by a crash. */
export function decodeHolder(bytes: Uint8Array): LockHolder | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!('host' in value) || typeof value.host !== 'string') return null;
  if (!('processId' in value) || typeof value.processId !== 'number') return null;
  if (!('processToken' in value) || typeof value.processToken !== 'string') return null;
  if (!('renewedAtMs' in value) || typeof value.renewedAtMs !== 'number') return null;
  if (!('state' in value) || (value.state !== 'held' && value.state !== 'released')) return null;
  const { host, processId, processToken, renewedAtMs, state } = value;
  return { host, processId, processToken, renewedAtMs, state };
}
