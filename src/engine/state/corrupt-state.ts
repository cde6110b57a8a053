/** Stored state that cannot be what this operator wrote. */
import { VerificationError } from '../../errors/drey-error.ts';

/** `how`: ends the sentence "the state is corrupt: ...". */
export function corruptState(how: string): VerificationError {
  return new VerificationError('DREY_STATE_CORRUPT', `the state is corrupt: ${how}`, {
    hint: 'Restore from an older checkpoint or savepoint.',
  });
}
