/**
 * Prints how many tests passed and failed according to vitest's own summary in a captured output:
 * `node scripts/run.js scripts/test-counts.ts FILE` -> `123 0`. Without a summary nothing is known
 * to have passed, which counts as one failure.
 */
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const output = stripVTControlCharacters(readFileSync(process.argv[2] ?? '', 'utf8'));
// `      Tests  2 failed | 121 passed | 1 skipped (124)`
const summary = /^\s*Tests\s+(.*)$/m.exec(output)?.[1];
const count = (word: string): number =>
  Number(new RegExp(`(\\d+) ${word}`).exec(summary ?? '')?.[1] ?? 0);
console.log(summary === undefined ? '0 1' : `${count('passed')} ${count('failed')}`);
