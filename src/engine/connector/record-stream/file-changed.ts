/**
 * A source file that no longer is what the snapshot was taken of. The input is at fault, not the
 * snapshot: going on would lose rows, or take some twice.
 */
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';

/** `how` ends the sentence "cannot go on in PATH: ...". */
export function fileChanged(
  path: string,
  how: string,
  details: Readonly<Record<string, number>> = {},
): InputError {
  return new InputError('DREY_FILE_CHANGED', `cannot go on in ${path}: ${how}`, {
    hint: errorCodes.DREY_FILE_CHANGED.next,
    details: { path, ...details },
  });
}
