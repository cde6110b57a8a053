import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../src/engine/checkpoint/storage/manifest.ts';
import {
  decodeManifest,
  encodeManifest,
  FORMAT_VERSION,
} from '../../../../src/engine/checkpoint/storage/manifest-codec.ts';
import { DreyError } from '../../../../src/errors/drey-error.ts';
import { crc32 } from '../../../../src/platform/crc32.ts';
import { runs } from '../../../support/property-runs.ts';
import { randomManifest } from './random-manifest.ts';

const path = '/checkpoints/chk-1/_metadata';

const small: Manifest = {
  dreyVersion: '1.2.3',
  kind: 'checkpoint',
  checkpointId: 7,
  jobId: '0123456789abcdef0123456789abcdef',
  jobName: 'uv',
  runNumber: 2,
  triggeredAtMs: 1_700_000_000_000,
  completedAtMs: 1_700_000_000_123,
  checkpointedSizeBytes: 10,
  stateSizeBytes: 30,
  files: [
    { place: { kind: 'own' }, name: 'state-0', sizeBytes: 10, crc32: 1 },
    { place: { kind: 'shared', jobId: null }, name: '6-0-0123abcd', sizeBytes: 20, crc32: 2 },
  ],
  operators: [
    {
      uid: 'agg',
      operatorKind: 'window-aggregate',
      parallelism: 1,
      maxParallelism: 128,
      stateSchema: [{ name: 'group-by', text: '[a INT]' }],
      subtasks: [
        {
          isFinished: false,
          parts: [
            { head: { kind: 'key-group', group: 5 }, file: 0, offset: 0, sizeBytes: 10, crc32: 3 },
            {
              head: { kind: 'piece', id: 'p', keyGroups: { first: 0, last: 127 } },
              file: 1,
              offset: 0,
              sizeBytes: 20,
              crc32: 4,
            },
          ],
        },
      ],
    },
  ],
};

function failureOf(bytes: Uint8Array): { readonly code: string; readonly message: string } {
  try {
    decodeManifest(bytes, path);
  } catch (error) {
    if (error instanceof DreyError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: '' };
}

describe('a manifest', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(randomManifest, (manifest) => {
        expect(decodeManifest(encodeManifest(manifest, path), path)).toEqual(manifest);
      }),
      { numRuns: runs(200) },
    );
  });

  it('with any one bit flipped is refused, by its name', () => {
    const whole = encodeManifest(small, path);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { code, message } = failureOf(bytes);
      expect(code, `bit ${bit}`).toBe('DREY_SNAPSHOT_CORRUPT');
      expect(message).toContain(path);
    }
  });

  it('cut off at any length, or with more behind it, is refused', () => {
    const whole = encodeManifest(small, path);
    for (let length = 0; length < whole.length; length++) {
      const { code } = failureOf(whole.subarray(0, length));
      expect(code, `${length} bytes`).toBe('DREY_SNAPSHOT_CORRUPT');
    }
    const longer = new Uint8Array(whole.length + 1);
    longer.set(whole);
    expect(failureOf(longer).code).toBe('DREY_SNAPSHOT_CORRUPT');
  });

  it('of a newer version is refused in words', () => {
    const bytes = encodeManifest(small, path);
    const view = new DataView(bytes.buffer);
    view.setUint32(8, FORMAT_VERSION + 1, true);
    view.setUint32(20, crc32(bytes.subarray(0, 20)), true);
    expect(failureOf(bytes)).toEqual({
      code: 'DREY_SNAPSHOT_VERSION',
      message: `${path} has format ${FORMAT_VERSION + 1}, and this drey reads formats 1 to ${FORMAT_VERSION}`,
    });
  });

  it.each([
    ['a file name that leads elsewhere', { name: '../../../state-0' }],
    ['a file name that is empty', { name: '' }],
    ['a part outside of its file', { sizeBytes: 9 }],
    ['a size that is no count', { sizeBytes: -1 }],
  ])('with %s is refused though its checksums fit', (_, change) => {
    const [first, ...others] = small.files;
    const files = first === undefined ? [] : [{ ...first, ...change }, ...others];
    expect(failureOf(encodeManifest({ ...small, files }, path)).code).toBe('DREY_SNAPSHOT_CORRUPT');
  });

  it('with noise and fitting checksums is read or refused, nothing else', () => {
    const whole = encodeManifest(small, path);
    fc.assert(
      fc.property(fc.nat(whole.length - 25), fc.uint8Array({ minLength: 1 }), (at, noise) => {
        const bytes = whole.slice();
        bytes.set(noise.subarray(0, whole.length - 24 - at), 24 + at);
        const view = new DataView(bytes.buffer);
        view.setUint32(16, crc32(bytes.subarray(24)), true);
        view.setUint32(20, crc32(bytes.subarray(0, 20)), true);
        expect(['none', 'DREY_SNAPSHOT_CORRUPT']).toContain(failureOf(bytes).code);
      }),
      { numRuns: runs(300) },
    );
  });
});
