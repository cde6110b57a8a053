/** Flags of the verbs that start a job from a jar; the words are Flink's. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';
import { isHexId, jobIdOf, type JobId } from '../../flink/model/identifiers.ts';
import type { ClaimMode } from '../../flink/rest/jars.ts';

export const programFlagDeclarations = {
  'entry-class': Flags.string({
    char: 'c',
    helpValue: 'CLASS',
    description: 'Class with main(); else the one that the manifest of the jar names.',
  }),
  parallelism: Flags.integer({
    char: 'p',
    min: 1,
    description: 'Parallelism of operators for which the program sets none.',
  }),
  configuration: Flags.string({
    char: 'D',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'KEY=VALUE',
    description: 'Configuration of Flink for this job; may be repeated.',
  }),
};

const CLAIM_MODES = ['claim', 'no-claim', 'legacy'];
const CLAIM_MODE = 'Whose the snapshot is from then on; without it no-claim, as Flink has it.';
const NON_RESTORED = 'Leave behind state of operators that the program no longer has.';
const restores = { dependsOn: ['from-savepoint'] };

const startFlagDeclarations = {
  ...programFlagDeclarations,
  'job-id': Flags.string({
    helpValue: 'HEX',
    description:
      'Id of the job, 32 hexadecimal digits: the same command again starts no second job.',
  }),
  detach: Flags.boolean({
    char: 'd',
    description: 'Do not wait until the job is RUNNING.',
  }),
};

export const runFlagDeclarations = {
  ...startFlagDeclarations,
  'from-savepoint': Flags.string({
    char: 's',
    helpValue: 'PATH',
    description: 'Savepoint or retained checkpoint to start from.',
  }),
  'claim-mode': Flags.string({ options: CLAIM_MODES, description: CLAIM_MODE, ...restores }),
  'allow-non-restored-state': Flags.boolean({ char: 'n', description: NON_RESTORED, ...restores }),
};

/** The same, for a verb whose argument is the savepoint. */
export const restoreFlagDeclarations = {
  ...startFlagDeclarations,
  'claim-mode': Flags.string({ options: CLAIM_MODES, description: CLAIM_MODE }),
  'allow-non-restored-state': Flags.boolean({ char: 'n', description: NON_RESTORED }),
};

/** What is drey's, and behind the first `--` what is main()'s. */
export function splitProgramArguments(argv: readonly string[]): {
  readonly own: string[];
  readonly program: readonly string[];
} {
  const end = argv.indexOf('--');
  if (end === -1) return { own: [...argv], program: [] };
  return { own: argv.slice(0, end), program: argv.slice(end + 1) };
}

export interface ProgramFlags {
  readonly 'entry-class'?: string | undefined;
  readonly parallelism?: number | undefined;
  readonly configuration?: string[] | undefined;
}

export interface RunFlags extends ProgramFlags {
  readonly 'from-savepoint'?: string | undefined;
  readonly 'claim-mode'?: string | undefined;
  readonly 'allow-non-restored-state': boolean;
  readonly 'job-id'?: string | undefined;
  readonly detach: boolean;
}

/** Of `key=value` texts; the later of two wins. */
export function configurationOf(entries: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.map((entry) => {
      const equals = entry.indexOf('=');
      if (equals > 0) return [entry.slice(0, equals).trim(), entry.slice(equals + 1).trim()];
      throw new UsageError(
        'DREY_USAGE',
        `-D ${JSON.stringify(entry)} is not of the form key=value`,
      );
    }),
  );
}

/** Null: the server decides. */
export function claimModeOf(text: string | undefined): ClaimMode | null {
  switch (text) {
    case 'claim':
      return 'CLAIM';
    case 'no-claim':
      return 'NO_CLAIM';
    case 'legacy':
      return 'LEGACY';
    default:
      return null;
  }
}

export function givenJobId(text: string | undefined): JobId | null {
  if (text === undefined) return null;
  if (isHexId(text)) return jobIdOf(text);
  throw new UsageError(
    'DREY_USAGE',
    `--job-id ${JSON.stringify(text)} is not of 32 hexadecimal digits`,
  );
}
