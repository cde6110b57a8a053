import { expect, test } from 'vitest';
import {
  chooseRewrites,
  type RewriteCandidate,
} from '../../../../src/engine/state/backend/choose-rewrites.ts';

const limits = { pieceBytes: 100, rewriteBytes: 400, sparePieces: 10 };

/** A piece of as many cells as bytes; `alive`: per cent. */
const piece = (sizeBytes: number, alive: number): RewriteCandidate => ({
  sizeBytes,
  count: sizeBytes,
  aliveCount: (sizeBytes * alive) / 100,
  holdsRemovals: false,
});
const removals = (sizeBytes: number): RewriteCandidate => ({
  ...piece(sizeBytes, 0),
  holdsRemovals: true,
});
const chosenOf = (pieces: readonly RewriteCandidate[], deltaBytes = 0): number[] => {
  const chosen = chooseRewrites(pieces, deltaBytes, limits);
  return pieces.flatMap((each, index) => (chosen.has(each) ? index : []));
};

test.each<[string, readonly RewriteCandidate[], readonly number[]]>([
  ['nothing, while little is dead', [piece(1_000, 100), piece(500, 30)], []],
  ['pieces that hold nothing alive, at once', [piece(1_000, 100), piece(50, 0)], [1]],
  ['those that give most for what they cost', [piece(500, 60), piece(900, 10)], [1]],
  ['no more than may be written', [piece(3_000, 30), piece(3_000, 12)], [1]],
  ['nothing that is larger than may be written', [piece(3_000, 30)], []],
  [
    'the oldest, when removals are what is too much',
    [piece(300, 90), piece(300, 90), removals(900)],
    [0],
  ],
])('chooses %s', (_name, pieces, expected) => {
  expect(chosenOf(pieces)).toEqual(expected);
});

test('small pieces are put together when there are many', () => {
  const many = Array.from({ length: 90 }, () => piece(10, 90));
  expect(chosenOf([piece(2_000, 100), ...many]).length).toBeGreaterThan(0);
  expect(chosenOf([piece(2_000, 100), ...many])).not.toContain(0);
  expect(chosenOf([piece(2_000, 100), ...many.slice(0, 10)])).toEqual([]);
});

test('a checkpoint that writes much may rewrite as much', () => {
  const large = [piece(3_000, 30), piece(3_000, 30)];
  expect(chosenOf(large, 1_000)).toEqual([0]);
  expect(chosenOf(large, 10_000)).toEqual([0, 1]);
});
