import { describe, expect, test } from 'vitest';
import { decodeErrors } from '../../../src/flink/model/failure-cause.ts';
import { explainRefusal, type RefusalKind } from '../../../src/ops/job/run-refusal.ts';
import { recordedVersions, recordingOf } from '../../support/flink-recordings.ts';

/** Outside in, as Flink wraps what main() threw. */
function wrapped(...reasons: readonly string[]): readonly string[] {
  return ['Could not execute application.', ...reasons];
}

function check(
  [exception, ...reasons]: readonly [string | null, ...string[]],
  expected: { readonly kind: RefusalKind; readonly reason: string },
  hasSavepoint = false,
): void {
  expect(explainRefusal({ exception, reasons }, hasSavepoint)).toMatchObject(expected);
}

describe('why a program was not taken', () => {
  test('is what main() threw, with what it says of it', () => {
    const reasons = wrapped(
      'The main method caused an error: main failed',
      'main failed',
      'record 7 is wrong',
    );
    check(['IllegalArgumentException', ...reasons], {
      kind: 'program',
      reason: 'main failed: record 7 is wrong',
    });
  });

  test('is said once where the deepest cause is in what is around it', () => {
    const said = "Could not parse value 'x' for key 'a.b'.";
    check(
      ['IllegalArgumentException', ...wrapped(`The main method caused an error: ${said}`, said)],
      {
        kind: 'program',
        reason: said,
      },
    );
  });

  test.each([
    ['DuplicateJobSubmissionException', 'Job has already been submitted.'],
    ['DuplicateApplicationSubmissionException', 'Application has already been submitted.'],
  ])('is an id that was used: %s', (exception, said) => {
    check([exception, ...wrapped("Failed to execute job 'j'.", said)], {
      kind: 'duplicate',
      reason: said,
    });
  });

  test.each([
    'Cannot have more than one execute() or executeAsync() call in a single environment.',
    'Cannot have more than 1 streaming jobs in a single environment.',
  ])('is a second job: %s', (said) => {
    const reasons = wrapped(`The main method caused an error: ${said}`, said);
    check(['FlinkRuntimeException', ...reasons], { kind: 'several-jobs', reason: said });
  });

  test.each([
    [
      'ClassNotFoundException',
      "The program's entry point class 'no.Such' was not found in the jar file.",
    ],
    [
      'ProgramInvocationException',
      'The given program class does not have a main(String[]) method.',
    ],
  ])('is the entry class: %s', (exception, said) => {
    check([exception, said], { kind: 'entry-class', reason: said });
  });

  test('is a savepoint that is not there, but only where one was named', () => {
    const said = "Cannot find checkpoint or savepoint file/directory 'file:///x'.";
    const reasons = wrapped("Failed to execute job 'j'.", 'Could not start the JobMaster.', said);
    check(['FileNotFoundException', ...reasons], { kind: 'savepoint', reason: said }, true);
    check(['FileNotFoundException', ...reasons], { kind: 'program', reason: said }, false);
  });

  test('is state that nobody wants any more', () => {
    const said =
      'Cannot map checkpoint/savepoint state for operator x to the new program. If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI.';
    check(['IllegalStateException', said], { kind: 'state-not-restored', reason: said }, true);
  });

  test('is the whole chain where all of it only wraps', () => {
    check([null, 'Could not execute application.'], {
      kind: 'program',
      reason: 'Could not execute application.',
    });
    check([null], { kind: 'program', reason: 'no reason was given' });
  });
});

test.each(recordedVersions)('a missing class is recognised as %s was recorded', (version) => {
  // The other recorded refusals were cut off before their causes.
  const cause = decodeErrors(recordingOf(version, 'jar-run-badclass').body);
  if (cause === null) throw new Error('it is no error');
  const refusal = explainRefusal({ exception: cause.exception, reasons: cause.chain }, true);
  expect(refusal).toMatchObject({
    kind: 'entry-class',
    reason: "The program's entry point class 'no.Such' was not found in the jar file.",
  });
});
