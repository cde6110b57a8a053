/**
 * What a credential command prints: the secret itself, or a JSON object with `token` and perhaps
 * `expiresAt`; that of kubectl's helpers (`status.token`, `status.expirationTimestamp`) as well.
 */
export type HelperAnswer =
  | { readonly value: string; readonly expiresAtMs: number | null }
  /** Follows the name of the command. Never repeats what was printed. */
  | { readonly problem: string };

/** Smaller numbers are seconds, larger ones milliseconds: in seconds this is the year 5138. */
const SECONDS_MAX = 1e11;

export function parseHelperAnswer(output: string): HelperAnswer {
  const text = output.trim();
  if (!text.startsWith('{')) return { value: text, expiresAtMs: null };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // A password may begin like that.
    return { value: text, expiresAtMs: null };
  }
  const token = fieldOf(document, 'token') ?? fieldOf(fieldOf(document, 'status'), 'token');
  if (typeof token !== 'string') return { problem: 'printed JSON without a token' };
  const expires =
    fieldOf(document, 'expiresAt') ?? fieldOf(fieldOf(document, 'status'), 'expirationTimestamp');
  if (expires === undefined || expires === null) return { value: token, expiresAtMs: null };
  const expiresAtMs = instantOf(expires);
  return expiresAtMs === null
    ? { problem: 'printed an expiresAt that is neither a time nor a number' }
    : { value: token, expiresAtMs };
}

function instantOf(expires: unknown): number | null {
  if (typeof expires === 'number') return expires < SECONDS_MAX ? expires * 1000 : expires;
  const parsed = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
