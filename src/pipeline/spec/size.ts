/** Flink's memory sizes: a whole number with a unit (`64kb`, `256 mb`), without one bytes. */
import type { Mismatch } from './field.ts';

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  bytes: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  kibibytes: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  mebibytes: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
  gibibytes: 2 ** 30,
  t: 2 ** 40,
  tb: 2 ** 40,
  tebibytes: 2 ** 40,
};

/** Bytes. */
export function parseSizeBytes(text: string): number | Mismatch {
  const match = /^(\d+)\s*(.*)$/s.exec(text.trim());
  if (match === null) return { mismatch: 'Expected a size such as 64kb or 256mb.' };
  const factor = FACTORS[(match[2] ?? '').toLowerCase()];
  if (factor === undefined) {
    return {
      mismatch: `Expected a size such as 64kb or 256mb; "${match[2]}" is no unit.`,
      hint: 'Units are b, kb, mb, gb and tb, in steps of 1024.',
    };
  }
  const bytes = Number(match[1]) * factor;
  if (!Number.isSafeInteger(bytes)) return { mismatch: 'The size is too large.' };
  return bytes;
}
