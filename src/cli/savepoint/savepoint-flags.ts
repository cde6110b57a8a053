/** Flags of the verbs that take a savepoint. */
import { Flags } from '@oclif/core';
import type { SavepointFormat } from '../../flink/rest/savepoints.ts';

const FORMATS = ['canonical', 'native'] as const;

export const savepointFlagDeclarations = {
  'target-directory': Flags.string({
    char: 'p',
    helpValue: 'URI',
    description: 'Where the savepoint goes; else the savepoint directory of the cluster.',
  }),
  format: Flags.string({
    options: [...FORMATS],
    default: 'canonical',
    description: 'Canonical can be read by every state backend, native is faster.',
  }),
  detach: Flags.boolean({
    char: 'd',
    description: 'Do not wait: print the trigger id, which savepoint status and wait take.',
  }),
};

/** The parser lets no other text through. */
export function savepointFormatOf(format: string): SavepointFormat {
  return format === 'native' ? 'NATIVE' : 'CANONICAL';
}
