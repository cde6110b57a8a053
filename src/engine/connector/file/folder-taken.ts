/** What a file sink says of a folder that holds finished files which are not its own. */
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';

/** `finished`: names of these files, at least one. */
export function folderTaken(
  { name, path }: { readonly name: string; readonly path: string },
  finished: readonly string[],
): InputError {
  const count = finished.length === 1 ? '1 finished file' : `${finished.length} finished files`;
  return new InputError(
    'DREY_SINK_FOLDER_TAKEN',
    `sink ${name}: ${path} holds ${count} of another run (${finished[0]})`,
    {
      hint: errorCodes.DREY_SINK_FOLDER_TAKEN.next,
      details: { sink: name, path, fileCount: finished.length, first: finished[0] },
    },
  );
}
