/** The date form of HTTP headers; here because everything about calendars is the platform's. */

/** Epoch milliseconds of `Tue, 14 Nov 2023 22:13:20 GMT`; null for what is no date. */
export function parseHttpDate(text: string): number | null {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}
