/** Manifests of all shapes that the format can hold, for property tests. */
import * as fc from 'fast-check';
import type {
  Manifest,
  ManifestFile,
  ManifestOperator,
  ManifestPart,
  PartHead,
} from '../../../../src/engine/checkpoint/storage/manifest.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });
const size = fc.nat(Number.MAX_SAFE_INTEGER);
const jobId = fc
  .array(fc.nat(15), { minLength: 32, maxLength: 32 })
  .map((digits) => digits.map((digit) => digit.toString(16)).join(''));
/** Without lone surrogates, which have no bytes in UTF-8. */
const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const file: fc.Arbitrary<ManifestFile> = fc
  .tuple(
    fc.oneof(
      fc.constant({ kind: 'own' } as const),
      fc.record({ kind: fc.constant('shared' as const), jobId: fc.option(jobId) }),
    ),
    fc.nat(999),
    size,
    word,
  )
  .map(([place, index, sizeBytes, crc32]) => ({
    place,
    name: place.kind === 'own' ? `state-${index}` : `${index}-0-0123abcd`,
    sizeBytes,
    crc32,
  }));

const head: fc.Arbitrary<PartHead> = fc.oneof(
  fc.record({ kind: fc.constant('key-group' as const), group: word }),
  fc.record({ kind: fc.constantFrom('list', 'union-list', 'broadcast'), name: text }),
  fc.constant({ kind: 'subtask' } as const),
  fc.record({ kind: fc.constant('input-channel' as const), input: word, fromSubtask: word }),
  fc.record({
    kind: fc.constant('piece' as const),
    id: text,
    keyGroups: fc.record({ first: fc.nat(32_768), last: fc.integer({ min: -1, max: 32_768 }) }),
  }),
);

function part(files: readonly ManifestFile[]): fc.Arbitrary<ManifestPart> {
  return fc
    .tuple(head, fc.nat(files.length - 1), fc.double({ min: 0, max: 1, noNaN: true }), word)
    .map(([partHead, index, share, crc32]) => {
      const fileSizeBytes = files[index]?.sizeBytes ?? 0;
      const offset = Math.floor(fileSizeBytes * share);
      return { head: partHead, file: index, offset, sizeBytes: fileSizeBytes - offset, crc32 };
    });
}

const trait = fc.record({ name: text, text });

function operator(files: readonly ManifestFile[]): fc.Arbitrary<ManifestOperator> {
  const parts = files.length === 0 ? fc.constant([]) : fc.array(part(files), { maxLength: 4 });
  const subtask = fc.record({ isFinished: fc.boolean(), parts });
  return fc
    .tuple(text, text, word, fc.array(trait, { maxLength: 3 }), fc.array(subtask, { maxLength: 3 }))
    .map(([uid, operatorKind, maxParallelism, stateSchema, subtasks]) => ({
      uid,
      operatorKind,
      parallelism: subtasks.length,
      maxParallelism,
      stateSchema,
      subtasks,
    }));
}

export const randomManifest: fc.Arbitrary<Manifest> = fc
  .array(file, { maxLength: 4 })
  .chain((files) =>
    fc.record({
      dreyVersion: text,
      kind: fc.constantFrom('checkpoint', 'savepoint'),
      checkpointId: size,
      jobId,
      jobName: text,
      runNumber: size,
      triggeredAtMs: fc.double({ noNaN: true }),
      completedAtMs: fc.double({ noNaN: true }),
      checkpointedSizeBytes: size,
      stateSizeBytes: size,
      files: fc.constant(files),
      operators: fc.array(operator(files), { maxLength: 3 }),
    }),
  );
