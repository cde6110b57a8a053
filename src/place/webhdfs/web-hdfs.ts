/**
 * Requests to the WebHDFS of one file system. Reading changes nothing, so a request that has no
 * good answer goes to the next NameNode, and after all of them, and a pause, around again. Data
 * lies at DataNodes, to which the NameNode leads by a redirect.
 */
import { UnreachableError, type DreyError } from '../../errors/drey-error.ts';
import type { FileStatus } from '../../platform/files.ts';
import type { Http, HttpLimits, HttpResponse } from '../../platform/http.ts';
import type { Timers } from '../../platform/timers.ts';
import {
  fileStatusOf,
  hdfsError,
  listingOf,
  refusalOf,
  type HdfsQuestion,
  type NamedStatus,
} from './hdfs-answer.ts';
import type { HdfsPath } from './hdfs-path.ts';

export interface HdfsSurroundings {
  readonly http: Http;
  readonly timers: Timers;
  /** As whom files are read; null: as HDFS calls those who say no name. */
  readonly user: string | null;
}

/** Of metadata; a folder may have as many files as a source, with half a kilobyte for each. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const LIMITS: Omit<HttpLimits, 'bodyBytesMax'> = {
  connectMs: 5_000,
  headersMs: 30_000,
  bodyIdleMs: 30_000,
};
/** Tries of all NameNodes in turn, with pauses of 500 ms, 1 s, 2 s between them. */
const ROUNDS_MAX = 4;
const PAUSE_FIRST_MS = 500;
/** NameNode to DataNode is one; a proxy may add some. */
const REDIRECTS_MAX = 3;

interface Request {
  readonly operation: string;
  /** `OPEN&offset=0`. */
  readonly op: string;
  readonly bodyBytesMax: number;
}

export class WebHdfs {
  private readonly surroundings: HdfsSurroundings;
  private readonly addresses: readonly string[];
  private readonly root: string;
  /** The NameNode that answered last. */
  private first = 0;

  constructor({ addresses, root }: HdfsPath, surroundings: HdfsSurroundings) {
    this.addresses = addresses;
    this.root = root;
    this.surroundings = surroundings;
  }

  /** Null when there is nothing. */
  async status(path: string): Promise<FileStatus | null> {
    const request = {
      operation: 'look at',
      op: 'GETFILESTATUS',
      bodyBytesMax: ANSWER_BYTES_MAX,
    };
    const { answer, question } = await this.ask(path, request);
    if (refusalOf(answer)?.exception === 'FileNotFoundException') return null;
    return decoded(fileStatusOf(answer), question, answer);
  }

  async list(path: string): Promise<readonly NamedStatus[]> {
    const request = { operation: 'list', op: 'LISTSTATUS', bodyBytesMax: ANSWER_BYTES_MAX };
    const { answer, question } = await this.ask(path, request);
    return decoded(listingOf(answer), question, answer);
  }

  /** At most `length` bytes from there; fewer at the end of the file only. */
  async read(path: string, position: number, length: number): Promise<Uint8Array> {
    const op = `OPEN&offset=${position}&length=${length}`;
    const request = { operation: 'read', op, bodyBytesMax: length };
    const { answer, question } = await this.ask(path, request);
    return decoded(answer.status === 200 ? answer.body : null, question, answer);
  }

  /** The first answer that is no failure which may pass. */
  private async ask(
    path: string,
    request: Request,
  ): Promise<{ readonly answer: HttpResponse; readonly question: HdfsQuestion }> {
    const count = this.addresses.length;
    for (let tries = 1; ; tries++) {
      const server = this.addresses[this.first]!;
      const question = { operation: request.operation, path: this.root + path, server };
      const isLast = tries >= ROUNDS_MAX * count;
      const answer = await this.tryAt(question, path, request).catch((error: unknown) => {
        if (isLast || !(error instanceof UnreachableError) || error.retry === 'never') throw error;
        return null;
      });
      const mayPass = answer === null || answer.status >= 500 || refusalOf(answer)?.passes === true;
      if (!mayPass || isLast) return { answer: answer!, question };
      this.first = (this.first + 1) % count;
      if (tries % count === 0) await this.pause(PAUSE_FIRST_MS * 2 ** (tries / count - 1));
    }
  }

  private async tryAt(
    question: HdfsQuestion,
    path: string,
    { op, bodyBytesMax }: Request,
  ): Promise<HttpResponse> {
    const { http, user } = this.surroundings;
    const asked = path.split('/').map(encodeURIComponent).join('/');
    const name = user === null ? '' : `&user.name=${encodeURIComponent(user)}`;
    let url = `http://${question.server}/webhdfs/v1${asked}?op=${op}${name}`;
    for (let redirects = 0; ; redirects++) {
      // An answer that says why not may be longer than what was asked for.
      const limits = { ...LIMITS, bodyBytesMax: Math.max(bodyBytesMax, ERROR_BYTES_MAX) };
      const answer = await http.request({ method: 'GET', url, limits }).catch((error: unknown) => {
        throw redirects === 0 ? error : atDataNode(error, question);
      });
      const { location } = answer.headers;
      const isRedirect = answer.status >= 301 && answer.status <= 308 && location !== undefined;
      if (!isRedirect || redirects === REDIRECTS_MAX) return answer;
      url = URL.canParse(location, url) ? new URL(location, url).href : location;
    }
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.surroundings.timers.after(delayMs, resolve);
    });
  }
}

const ERROR_BYTES_MAX = 64 * 1024;

function decoded<T>(value: T | null, question: HdfsQuestion, answer: HttpResponse): T {
  if (value === null || answer.status !== 200) throw hdfsError(question, answer);
  return value;
}

/** Data nodes are often named as only their own network knows them. */
function atDataNode(error: unknown, { operation, path, server }: HdfsQuestion): unknown {
  if (!(error instanceof UnreachableError)) return error;
  const { message, retry, details }: DreyError = error;
  return new UnreachableError(
    'DREY_UNREACHABLE',
    `cannot ${operation} ${path}: the NameNode at ${server} leads to a DataNode: ${message}`,
    {
      hint: 'The name and port of the DataNode must be reachable from here (dfs.datanode.hostname, dfs.datanode.http.address), or read through HttpFS.',
      retry,
      details: { ...details, path, server },
      cause: error,
    },
  );
}
