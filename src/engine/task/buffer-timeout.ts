/** How long rows wait in an open batch for others that go the same way. */

/** Source: Flink, execution.buffer-timeout.interval. */
export const BUFFER_TIMEOUT_MS = 100;

/** Null: until the batch is full. */
export function bufferTimeoutOf(configuredMs: number | null | undefined): number {
  return configuredMs === null ? Infinity : (configuredMs ?? BUFFER_TIMEOUT_MS);
}
