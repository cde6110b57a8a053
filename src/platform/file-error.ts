/**
 * Turns the operating system's errno into the DreyError that users meet. Both worlds, the real and
 * the simulated one, go through here, so an error means the same in both.
 */
import { errorCodes, type ErrorCode } from '../errors/codes.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import { InputError, RefusedError, type DreyError, type Retry } from '../errors/drey-error.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly words: string;
  readonly retry: Retry;
}

const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'DREY_FILE_NOT_FOUND', words: 'it does not exist', retry: 'never' },
  EACCES: { code: 'DREY_FILE_DENIED', words: 'permission denied', retry: 'never' },
  EPERM: { code: 'DREY_FILE_DENIED', words: 'operation not permitted', retry: 'never' },
  EISDIR: { code: 'DREY_FILE_WRONG_KIND', words: 'it is a folder', retry: 'never' },
  ENOTDIR: { code: 'DREY_FILE_WRONG_KIND', words: 'not a folder', retry: 'never' },
  EEXIST: { code: 'DREY_FILE_EXISTS', words: 'it exists already', retry: 'never' },
  ENOSPC: { code: 'DREY_FILE_NO_SPACE', words: 'no space left', retry: 'later' },
  EDQUOT: { code: 'DREY_FILE_NO_SPACE', words: 'quota used up', retry: 'later' },
  EROFS: { code: 'DREY_FILE_READ_ONLY', words: 'read-only file system', retry: 'never' },
  EMFILE: { code: 'DREY_FILE_TOO_MANY_OPEN', words: 'too many open files', retry: 'later' },
  ENFILE: {
    code: 'DREY_FILE_TOO_MANY_OPEN',
    words: 'too many open files on this machine',
    retry: 'later',
  },
  EIO: { code: 'DREY_FILE_IO_ERROR', words: 'input/output error', retry: 'never' },
};

/** What was tried, as it stands after "cannot": `open`, `rename`, `write to`. */
export interface FileOperation {
  readonly operation: string;
  readonly path: string;
  /** The second path of a rename. */
  readonly target?: string;
}

/** The error for a failed operation; `errno` is the name, such as ENOENT. */
export function fileError(errno: string, tried: FileOperation, cause?: unknown): DreyError {
  const meaning = meanings[errno];
  const code = meaning?.code ?? 'DREY_FILE_FAILED';
  const place = tried.target === undefined ? tried.path : `${tried.path} to ${tried.target}`;
  const reason = meaning === undefined ? errno : `${meaning.words} (${errno})`;
  const entry = errorCodes[code];
  const options = {
    hint: entry.next,
    retry: meaning?.retry ?? ('never' as const),
    details: { ...tried, errno },
    ...(cause === undefined ? {} : { cause }),
  };
  const message = `cannot ${tried.operation} ${place}: ${reason}`;
  return entry.exit === exitCodes.input
    ? new InputError(code, message, options)
    : new RefusedError(code, message, options);
}

/** The error of `readAll` for a file over its limit. */
export function fileTooLarge(path: string, limitBytes: number): InputError {
  return new InputError(
    'DREY_FILE_TOO_LARGE',
    `cannot read ${path}: it has more than ${limitBytes} bytes, the limit`,
    {
      hint: errorCodes.DREY_FILE_TOO_LARGE.next,
      details: { operation: 'read', path, limitBytes },
    },
  );
}
