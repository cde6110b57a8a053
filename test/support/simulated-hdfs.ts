/** WebHDFS of a simulated world: what answers requests for a few files, and what was asked. */
import type { HttpRequest } from '../../src/platform/http.ts';
import type { SimulatedAnswer } from '../../src/platform/simulated/http.ts';

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export function json(status: number, value: unknown): SimulatedAnswer {
  return { status, headers: {}, body: encode(JSON.stringify(value)) };
}

export function refusal(status: number, exception: string, message: string): SimulatedAnswer {
  return json(status, { RemoteException: { exception, javaClassName: `x.${exception}`, message } });
}

const fileStatus = (pathSuffix: string, length: number, type = 'FILE') => ({
  pathSuffix,
  type,
  length,
  modificationTime: 1_700_000_000_000,
});

/** A file system with some files at `nn:9870`; DataNodes are all at `dn:9864`. */
export class SimulatedHdfs {
  readonly asked: string[] = [];
  /** Says something else instead. */
  first: (url: URL) => SimulatedAnswer | null = () => null;
  readonly contents: Record<string, string>;

  constructor(contents: Readonly<Record<string, string>>) {
    this.contents = { ...contents };
  }

  readonly respond = (request: HttpRequest): SimulatedAnswer => {
    const url = new URL(request.url);
    const op = url.searchParams.get('op') ?? '';
    this.asked.push(`${url.host} ${op} ${decodeURIComponent(url.pathname)}`);
    const first = this.first(url);
    if (first !== null) return first;
    const path = decodeURIComponent(url.pathname).replace('/webhdfs/v1', '').replace(/\/$/, '');
    const content = this.contents[path];
    const below = Object.keys(this.contents).filter((name) => name.startsWith(`${path}/`));
    if (op === 'LISTSTATUS') {
      const names = new Set(below.map((name) => name.slice(path.length + 1).split('/')[0]!));
      const found = [...names].reverse().map((name) => {
        const size = this.contents[`${path}/${name}`]?.length;
        return fileStatus(name, size ?? 0, size === undefined ? 'DIRECTORY' : 'FILE');
      });
      return json(200, { FileStatuses: { FileStatus: found } });
    }
    if (content === undefined && below.length === 0) {
      return refusal(404, 'FileNotFoundException', `File does not exist: ${path}`);
    }
    if (op === 'GETFILESTATUS') {
      const isFile = content !== undefined;
      const size = content?.length ?? 0;
      return json(200, { FileStatus: fileStatus('', size, isFile ? 'FILE' : 'DIRECTORY') });
    }
    if (url.host !== 'dn:9864') {
      const location = `http://dn:9864${url.pathname}${url.search}`;
      return { status: 307, headers: { location }, body: new Uint8Array(0) };
    }
    const offset = Number(url.searchParams.get('offset'));
    const length = Number(url.searchParams.get('length'));
    const body = encode((content ?? '').slice(offset, offset + length));
    return { status: 200, headers: {}, body };
  };
}
