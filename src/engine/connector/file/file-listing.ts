/**
 * Finds the files that a source path stands for: a file, all files below a folder, or what a glob
 * matches, in the order of their paths by code unit. Names that start with `.` or `_` are left
 * out unless the path names them, as Flink's filesystem source does.
 */
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';
import type { Files, FileStatus } from '../../../platform/files.ts';
import { expandBraces, isGlob, literalSegment, matchesSegment } from './glob.ts';

export interface FoundFile {
  readonly path: string;
  /** `other`: a pipe or a device, which is read as a stream. */
  readonly kind: 'file' | 'other';
  readonly sizeBytes: number;
}

/** Files of one source: each has a reader, and its watermark. */
const FILES_MAX = 100_000;
/** What comes before the first segment: of a place elsewhere its scheme and host, too. */
const ROOT = /^(?:[a-z]+:\/\/[^/]*)?\//;
/** Folders below each other; a link that leads back up ends here, before Linux stops at 40. */
const FOLDER_DEPTH_MAX = 32;

export interface ListedPath {
  /** The node's name. */
  readonly source: string;
  readonly path: string;
  /** Files come and go: a glob may match none, and one may vanish while it is looked at. */
  readonly isMonitored?: boolean;
}

/** Throws InputErrors. */
export async function listFiles(files: Files, listed: ListedPath): Promise<readonly FoundFile[]> {
  const { source, path } = listed;
  const listing = new Listing(files, listed);
  const status = await files.status(path);
  if (status !== null) await listing.add(path, status);
  else if (isGlob(path)) await listing.addMatches();
  else throw notFound(source, `${path} does not exist`, path);
  return listing.sorted();
}

class Listing {
  private readonly files: Files;
  private readonly source: string;
  private readonly path: string;
  private readonly isMonitored: boolean;
  private readonly found = new Map<string, FoundFile>();

  constructor(files: Files, { source, path, isMonitored = false }: ListedPath) {
    this.files = files;
    this.source = source;
    this.path = path;
    this.isMonitored = isMonitored;
  }

  sorted(): readonly FoundFile[] {
    return Array.from(this.found.values()).sort((a, b) => compareText(a.path, b.path));
  }

  /** A file, or everything below a folder. */
  async add(path: string, status: FileStatus, depth = 0): Promise<void> {
    const { kind, sizeBytes } = status;
    if (kind !== 'folder') {
      this.found.set(path, { path, kind, sizeBytes });
      if (this.found.size > FILES_MAX) throw this.tooMany(`more than ${FILES_MAX} files`);
      return;
    }
    if (depth > FOLDER_DEPTH_MAX) throw this.tooMany(`folders deeper than ${FOLDER_DEPTH_MAX}`);
    for (const name of await this.files.list(path)) {
      if (isHidden(name)) continue;
      const child = join(path, name);
      const childStatus = await this.files.status(child);
      if (childStatus === null && this.isMonitored) continue;
      if (childStatus === null) throw notFound(this.source, `${child} leads nowhere`, child);
      await this.add(child, childStatus, depth + 1);
    }
  }

  async addMatches(): Promise<void> {
    const patterns = expandBraces(this.path);
    if (patterns === null) throw this.tooMany('more alternatives in braces than drey tries');
    for (const pattern of patterns) {
      const [root = ''] = ROOT.exec(pattern) ?? [];
      const segments = pattern
        .slice(root.length)
        .split('/')
        .filter((segment) => segment !== '');
      await this.match(root, segments, 0);
    }
    if (this.found.size === 0 && !this.isMonitored)
      throw notFound(this.source, `no file matches ${this.path}`, this.path);
  }

  /** Adds what `segments` match below `folder`. */
  private async match(folder: string, segments: readonly string[], depth: number): Promise<void> {
    const [segment, ...rest] = segments;
    if (segment === undefined) {
      const status = folder === '' ? null : await this.files.status(folder);
      if (status !== null) await this.add(folder, status);
      return;
    }
    const literal = literalSegment(segment);
    if (literal !== null) return this.match(join(folder, literal), rest, depth);
    if (depth > FOLDER_DEPTH_MAX) throw this.tooMany(`folders deeper than ${FOLDER_DEPTH_MAX}`);
    const status = await this.files.status(folder === '' ? '.' : folder);
    if (status?.kind !== 'folder') return;
    if (segment === '**') await this.match(folder, rest, depth);
    for (const name of await this.files.list(folder === '' ? '.' : folder)) {
      if (isHidden(name) && segment[0] !== name[0]) continue;
      const child = join(folder, name);
      if (segment === '**') await this.matchBelow(child, segments, depth + 1);
      else if (matchesSegment(segment, name)) await this.match(child, rest, depth + 1);
    }
  }

  /** `**` goes on in folders only: a file is matched by what follows it. */
  private async matchBelow(
    child: string,
    segments: readonly string[],
    depth: number,
  ): Promise<void> {
    const status = await this.files.status(child);
    if (status === null) return;
    if (status.kind === 'folder') await this.match(child, segments, depth);
    else if (segments.length === 1) await this.add(child, status);
  }

  private tooMany(what: string): InputError {
    return new InputError(
      'DREY_SOURCE_TOO_MANY_FILES',
      `source ${this.source}: ${this.path} stands for ${what}`,
      { hint: errorCodes.DREY_SOURCE_TOO_MANY_FILES.next, details: { path: this.path } },
    );
  }
}

function notFound(source: string, what: string, path: string): InputError {
  return new InputError('DREY_FILE_NOT_FOUND', `source ${source}: ${what}`, {
    hint: errorCodes.DREY_FILE_NOT_FOUND.next,
    details: { source, path },
  });
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_');
}

function join(folder: string, name: string): string {
  return folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
