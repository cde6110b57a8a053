import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimed,
  markerText,
  outcomeOf,
  parseMarker,
  withCommitted,
  type CommitMarker,
} from '../../../../../src/engine/connector/kafka/sink/commit-marker.ts';
import { runs } from '../../../../support/property-runs.ts';

const marker: CommitMarker = {
  generation: 4,
  run: 'dd',
  knownFrom: 2,
  committed: [
    { run: 'bb', generation: 2, epoch: 9 },
    { run: 'dd', generation: 4, epoch: 11 },
  ],
};

describe('a marker', () => {
  it('tells of each run how far it has come', () => {
    expect(outcomeOf(marker, { run: 'bb', generation: 2, epoch: 9 })).toBe('committed');
    expect(outcomeOf(marker, { run: 'bb', generation: 2, epoch: 10 })).toBe('not-committed');
    expect(outcomeOf(marker, { run: 'cc', generation: 3, epoch: 1 })).toBe('not-committed');
  });

  it('proves nothing of runs that it has forgotten, never knew, or of another history', () => {
    expect(outcomeOf(marker, { run: 'aa', generation: 1, epoch: 1 })).toBe('unknown');
    expect(outcomeOf(marker, { run: 'ee', generation: 5, epoch: 1 })).toBe('unknown');
    expect(outcomeOf(null, { run: 'bb', generation: 2, epoch: 9 })).toBe('unknown');
  });

  it('counts generations on from what is restored where it has expired', () => {
    const restored = [{ run: 'bb', generation: 7, epoch: 9 }];
    expect(claimed(null, 'ff', restored)).toMatchObject({ generation: 8, knownFrom: 8 });
    expect(claimed(marker, 'ff', restored)).toMatchObject({ generation: 8, knownFrom: 2 });
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 400 }), (epochs) => {
        let written = claimed(null, '0123456789', []);
        for (const [generation, epoch] of epochs) {
          written = withCommitted(written, { run: 'abcdef0123', generation, epoch });
          expect(outcomeOf(written, { run: 'abcdef0123', generation, epoch })).toBe('committed');
        }
        const text = markerText(written);
        expect(text.length).toBeLessThan(4_096);
        expect(parseMarker(text)).toEqual(written);
      }),
      { numRuns: runs(50) },
    );
  });

  it('is not taken from what others have committed', () => {
    for (const text of ['', 'null', 'drey-1', 'drey-2 1 aa 1', 'drey-1 1 aa 1 bb:1']) {
      expect(parseMarker(text)).toBeNull();
    }
  });
});
