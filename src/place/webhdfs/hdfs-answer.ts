/**
 * What WebHDFS answers: its JSON decoded, and its refusals in words. HDFS names a refusal by a Java
 * exception; those that pass with time, or at another NameNode, say so.
 */
import { errorCodes } from '../../errors/codes.ts';
import { InputError, RefusedError, type DreyError } from '../../errors/drey-error.ts';
import type { FileStatus } from '../../platform/files.ts';
import type { HttpResponse } from '../../platform/http.ts';

export interface NamedStatus {
  readonly name: string;
  /** Null: a link, whose target must be asked for. */
  readonly status: FileStatus | null;
}

/** Who answered what to which question. */
export interface HdfsQuestion {
  /** As it stands after "cannot": `read`, `list`. */
  readonly operation: string;
  /** As the user wrote it. */
  readonly path: string;
  /** `host:port`. */
  readonly server: string;
}

/** Refusals that pass: a NameNode that is on stand-by, or starts. */
const passing: ReadonlySet<string> = new Set([
  'StandbyException',
  'RetriableException',
  'SafeModeException',
  'RetryStartFileException',
]);

/** Java's name of the exception and its first line; null: the answer is no refusal of WebHDFS. */
export interface HdfsRefusal {
  readonly exception: string;
  readonly message: string;
  readonly passes: boolean;
}

export function refusalOf(answer: HttpResponse): HdfsRefusal | null {
  const remote = member(jsonOf(answer), 'RemoteException');
  const exception = member(remote, 'exception');
  const message = member(remote, 'message');
  if (typeof exception !== 'string') return null;
  const line = typeof message === 'string' ? (message.split('\n')[0] ?? '') : '';
  return { exception, message: line, passes: passing.has(exception) };
}

/** The error for an answer that is none of those that were asked for. */
export function hdfsError(question: HdfsQuestion, answer: HttpResponse): DreyError {
  const { operation, path, server } = question;
  const refusal = refusalOf(answer);
  const details = { ...question, status: answer.status, exception: refusal?.exception ?? null };
  const begin = `cannot ${operation} ${path}: HDFS at ${server}`;
  if (answer.status === 401) {
    return new RefusedError('DREY_HDFS_REFUSED', `${begin} wants a login by Kerberos`, {
      hint: 'drey logs in by name alone: read the files through an HttpFS that allows it.',
      details,
    });
  }
  if (refusal === null) {
    const message = `${begin} answered ${answer.status}, which is no answer of WebHDFS`;
    return new RefusedError('DREY_HDFS_REFUSED', message, {
      hint: 'Name the HTTP address of the NameNode (port 9870 in Hadoop 3), not the one of its RPC.',
      details,
    });
  }
  const words = `${begin} says ${refusal.exception}: ${refusal.message}`;
  switch (refusal.exception) {
    case 'FileNotFoundException':
      return new InputError('DREY_FILE_NOT_FOUND', words, {
        hint: errorCodes.DREY_FILE_NOT_FOUND.next,
        details,
      });
    case 'AccessControlException':
      return new InputError('DREY_FILE_DENIED', words, {
        hint: 'HADOOP_USER_NAME, or drey.hdfs.user in the config of the pipeline, says who reads.',
        details,
      });
    default:
      return new RefusedError('DREY_HDFS_REFUSED', words, {
        hint: errorCodes.DREY_HDFS_REFUSED.next,
        retry: refusal.passes ? 'later' : 'never',
        details,
      });
  }
}

/** Null when the answer has no status of a file. */
export function fileStatusOf(answer: HttpResponse): FileStatus | null {
  return namedStatus(member(jsonOf(answer), 'FileStatus'))?.status ?? null;
}

/** Null when the answer is no list. */
export function listingOf(answer: HttpResponse): readonly NamedStatus[] | null {
  const list = member(member(jsonOf(answer), 'FileStatuses'), 'FileStatus');
  if (!Array.isArray(list)) return null;
  const named = list.map(namedStatus);
  return named.some((status) => status === null) ? null : named.flatMap((status) => status ?? []);
}

function namedStatus(status: unknown): NamedStatus | null {
  const name = member(status, 'pathSuffix');
  const type = member(status, 'type');
  const sizeBytes = member(status, 'length');
  const modifiedAtMs = member(status, 'modificationTime');
  if (typeof name !== 'string' || typeof sizeBytes !== 'number') return null;
  if (typeof modifiedAtMs !== 'number') return null;
  if (type === 'SYMLINK') return { name, status: null };
  const kind = type === 'FILE' ? 'file' : type === 'DIRECTORY' ? 'folder' : 'other';
  return { name, status: { kind, sizeBytes, modifiedAtMs } };
}

function jsonOf({ body }: HttpResponse): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
