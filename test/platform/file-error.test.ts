import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/errors/codes.ts';
import { fileError, fileTooLarge } from '../../src/platform/file-error.ts';

describe('an errno becomes a DreyError', () => {
  it.each([
    ['ENOENT', 'DREY_FILE_NOT_FOUND', 3, 'never'],
    ['EACCES', 'DREY_FILE_DENIED', 3, 'never'],
    ['EPERM', 'DREY_FILE_DENIED', 3, 'never'],
    ['EISDIR', 'DREY_FILE_WRONG_KIND', 3, 'never'],
    ['ENOTDIR', 'DREY_FILE_WRONG_KIND', 3, 'never'],
    ['EEXIST', 'DREY_FILE_EXISTS', 3, 'never'],
    ['ENOSPC', 'DREY_FILE_NO_SPACE', 5, 'later'],
    ['EDQUOT', 'DREY_FILE_NO_SPACE', 5, 'later'],
    ['EROFS', 'DREY_FILE_READ_ONLY', 5, 'never'],
    ['EMFILE', 'DREY_FILE_TOO_MANY_OPEN', 5, 'later'],
    ['ENFILE', 'DREY_FILE_TOO_MANY_OPEN', 5, 'later'],
    ['EIO', 'DREY_FILE_IO_ERROR', 5, 'never'],
    ['ENOTEMPTY', 'DREY_FILE_FAILED', 5, 'never'],
    ['EBADF', 'DREY_FILE_FAILED', 5, 'never'],
  ] as const)('%s is %s with exit status %i', (errno, code, exit, retry) => {
    const cause = new Error('from the system');
    const error = fileError(errno, { operation: 'open', path: '/a/b' }, cause);
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(exit);
    expect(errorCodes[error.code].exit).toBe(exit);
    expect(error.retry).toBe(retry);
    expect(error.details).toEqual({ operation: 'open', path: '/a/b', errno });
    expect(error.message).toContain('cannot open /a/b: ');
    expect(error.message).toContain(errno);
    expect(error.hint).toBe(errorCodes[code].next);
    expect(error.cause).toBe(cause);
  });

  it('a rename names both paths', () => {
    const error = fileError('ENOENT', { operation: 'rename', path: '/a', target: '/b' });
    expect(error.message).toBe('cannot rename /a to /b: it does not exist (ENOENT)');
    expect(error.details).toMatchObject({ path: '/a', target: '/b' });
  });

  it('a file over the limit names the limit', () => {
    const error = fileTooLarge('/a', 10);
    expect(error.code).toBe('DREY_FILE_TOO_LARGE');
    expect(error.message).toBe('cannot read /a: it has more than 10 bytes, the limit');
  });
});
