/**
 * Paths of a pipeline file. A relative path starts at the file's folder; one whose beginning came
 * from a parameter or the environment starts at the working directory, as paths in flags do.
 */
import { isAbsolute, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FieldText } from '../spec/field.ts';
import type { FileReader } from './file-reader.ts';

export interface Folders {
  /** Absolute folder of the pipeline file. */
  readonly folder: string;
  readonly workingDirectory: string;
}

const PATH_LENGTH_MAX = 4_096;
const HDFS = /^(hdfs|webhdfs):\/\/([^/]*)(.*)$/s;
const AUTHORITY = /^[^\s/@?#*]+$/;
const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//;

/** Absolute, without `.` and `..`; null when it is refused, which is reported. */
export function resolvePath(text: FieldText, folders: Folders, reader: FileReader): string | null {
  const path = text.text;
  const problem = pathProblem(path);
  if (problem !== null) {
    reader.report(text.node, problem);
    return null;
  }
  if (SCHEME.test(path)) return fromFileUrl(text, reader);
  return fromStart(text, folders);
}

/** As `resolvePath`, of files that may lie in HDFS. */
export function resolveSourcePath(
  text: FieldText,
  folders: Folders,
  reader: FileReader,
): string | null {
  const [, scheme = '', authority = '', path = ''] = HDFS.exec(text.text) ?? [];
  if (scheme === '') return resolvePath(text, folders, reader);
  const problem = lengthProblem(text.text);
  if (problem !== null || !AUTHORITY.test(authority)) {
    reader.report(
      text.node,
      problem ?? {
        code: 'DREY_PIPELINE_VALUE',
        message: `${reader.shown(text)} names no host.`,
        hint: `Write ${scheme}://HOST:PORT/PATH.`,
      },
    );
    return null;
  }
  return `${scheme}://${authority}${posix.resolve('/', path)}`;
}

/** As `resolvePath`, of a text that need be no path, and without reports. */
export function localPathOf(text: FieldText, folders: Folders): string | null {
  if (pathProblem(text.text) !== null) return null;
  if (!SCHEME.test(text.text)) return fromStart(text, folders);
  try {
    return fileURLToPath(text.text);
  } catch {
    return null;
  }
}

function fromStart(text: FieldText, folders: Folders): string {
  if (isAbsolute(text.text)) return resolve(text.text);
  const origin = text.segments.find((segment) => segment.end > 0)?.origin ?? 'file';
  return resolve(origin === 'file' ? folders.folder : folders.workingDirectory, text.text);
}

function pathProblem(path: string): Parameters<FileReader['report']>[1] | null {
  const problem = lengthProblem(path);
  if (problem !== null) return problem;
  const scheme = SCHEME.exec(path)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') return null;
  return {
    code: 'DREY_PIPELINE_NOT_SUPPORTED',
    message: `Paths on ${scheme}:// are not supported by this version of drey.`,
    hint: 'Use a local path.',
  };
}

function lengthProblem(path: string): Parameters<FileReader['report']>[1] | null {
  if (path === '') return { code: 'DREY_PIPELINE_VALUE', message: 'The path is empty.' };
  if (path.includes('\0')) {
    return { code: 'DREY_PIPELINE_VALUE', message: 'The path holds a NUL character.' };
  }
  if (path.length <= PATH_LENGTH_MAX) return null;
  const message = `The path has ${path.length} characters; at most ${PATH_LENGTH_MAX} are allowed.`;
  return { code: 'DREY_PIPELINE_VALUE', message };
}

function fromFileUrl(text: FieldText, reader: FileReader): string | null {
  try {
    return fileURLToPath(text.text);
  } catch {
    reader.report(text.node, {
      code: 'DREY_PIPELINE_VALUE',
      message: `${reader.shown(text)} is no local file URL.`,
      hint: 'Write file:///absolute/path, or the path alone.',
    });
    return null;
  }
}
