/**
 * Files of HDFS behind the door of local ones, for reading. A list brings the status of each file
 * with it; who asks for one soon after gets that one, so that a folder costs one request.
 */
import type { Clock } from '../../platform/clock.ts';
import { fileError } from '../../platform/file-error.ts';
import type { Files, FileStatus, ReadableFile } from '../../platform/files.ts';
import { parseHdfsPath, type HdfsPath } from './hdfs-path.ts';
import { WebHdfs, type HdfsSurroundings } from './web-hdfs.ts';

export interface HdfsOptions extends HdfsSurroundings {
  /** Where the NameNodes of `hdfs://` speak HTTP; none: port 9870 of the host in the path. */
  readonly httpAddresses: readonly string[];
  readonly clock: Clock;
}

/** How long a status out of a list holds. */
const LISTED_HOLDS_MS = 5_000;
/** Two requests bring at least so much of a file, if it has it. */
const READ_BYTES_MIN = 256 * 1024;

interface ListedStatus {
  readonly status: FileStatus;
  readonly untilMs: number;
}

type ReadFiles = Pick<Files, 'status' | 'list' | 'openToRead'>;

export class HdfsFiles implements ReadFiles {
  private readonly options: HdfsOptions;
  private readonly systems = new Map<string, WebHdfs>();
  private readonly listed = new Map<string, ListedStatus>();

  constructor(options: HdfsOptions) {
    this.options = options;
  }

  async status(path: string): Promise<FileStatus | null> {
    const listed = this.listed.get(path);
    this.listed.delete(path);
    if (listed !== undefined && listed.untilMs > this.options.clock.monotonicMs()) {
      return listed.status;
    }
    const place = this.placeOf(path);
    return this.systemOf(place).status(place.path);
  }

  async list(path: string): Promise<readonly string[]> {
    const place = this.placeOf(path);
    const entries = await this.systemOf(place).list(place.path);
    const nowMs = this.options.clock.monotonicMs();
    for (const [child, { untilMs }] of this.listed) {
      if (untilMs <= nowMs) this.listed.delete(child);
    }
    for (const { name, status } of entries) {
      if (status === null) continue;
      const child = path.endsWith('/') ? path + name : `${path}/${name}`;
      this.listed.set(child, { status, untilMs: nowMs + LISTED_HOLDS_MS });
    }
    return entries.map(({ name }) => name).sort(byCodeUnit);
  }

  async openToRead(path: string): Promise<ReadableFile> {
    const place = this.placeOf(path);
    const system = this.systemOf(place);
    const status = await system.status(place.path);
    if (status === null) throw fileError('ENOENT', { operation: 'open', path });
    if (status.kind === 'folder') throw fileError('EISDIR', { operation: 'open', path });
    return new HdfsFile(path, status.sizeBytes, (position, length) =>
      system.read(place.path, position, length),
    );
  }

  private placeOf(path: string): HdfsPath {
    const place = parseHdfsPath(path, this.options.httpAddresses);
    if (place === null) throw fileError('ENOENT', { operation: 'open', path });
    return place;
  }

  private systemOf(place: HdfsPath): WebHdfs {
    const known = this.systems.get(place.root);
    if (known !== undefined) return known;
    const system = new WebHdfs(place, this.options);
    this.systems.set(place.root, system);
    return system;
  }
}

/** Read to the end that the file had when it was opened. */
class HdfsFile implements ReadableFile {
  readonly path: string;
  private readonly sizeBytes: number;
  private readonly fetch: (position: number, length: number) => Promise<Uint8Array>;
  private bytes = new Uint8Array(0);
  private bytesAt = 0;

  constructor(
    path: string,
    sizeBytes: number,
    fetch: (position: number, length: number) => Promise<Uint8Array>,
  ) {
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.fetch = fetch;
  }

  async read(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<number> {
    const left = this.sizeBytes - position;
    if (left <= 0 || length === 0) return 0;
    if (position < this.bytesAt || position >= this.bytesAt + this.bytes.length) {
      const wanted = Math.min(left, Math.max(length, READ_BYTES_MIN));
      this.bytes = new Uint8Array(await this.fetch(position, wanted));
      this.bytesAt = position;
    }
    const start = position - this.bytesAt;
    const part = this.bytes.subarray(start, start + length);
    target.set(part, offset);
    return part.length;
  }

  close(): Promise<void> {
    this.bytes = new Uint8Array(0);
    return Promise.resolve();
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
