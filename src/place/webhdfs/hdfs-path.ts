/**
 * Paths of files in HDFS: `hdfs://HOST[:PORT]/PATH`, as Hadoop and Flink write them, and
 * `webhdfs://HOST[:PORT]/PATH`, which names the HTTP address itself. What stands behind the host is
 * taken as it is: nothing in it is percent-encoded.
 */

export interface HdfsPath {
  /** `hdfs://HOST:PORT`, with which every path of the same file system begins. */
  readonly root: string;
  /** Where its NameNode speaks HTTP, in the order in which they are tried. */
  readonly addresses: readonly string[];
  /** From the root folder, `/` in front. */
  readonly path: string;
}

/** Source: Hadoop 3, dfs.namenode.http-address. */
const HTTP_PORT = 9_870;
const FORM = /^((hdfs|webhdfs):\/\/([^/]+))(\/.*)?$/s;

export function isHdfsPath(path: string): boolean {
  return FORM.test(path);
}

/** `httpAddresses`: of the NameNodes of `hdfs://`; none: port 9870 of the host that is named. */
export function parseHdfsPath(text: string, httpAddresses: readonly string[]): HdfsPath | null {
  const [, root, scheme, authority, path = '/'] = FORM.exec(text) ?? [];
  if (root === undefined || authority === undefined) return null;
  if (scheme === 'hdfs' && httpAddresses.length > 0) {
    return { root, addresses: httpAddresses, path };
  }
  const host = authority.replace(/:\d+$/, '');
  const isPlain = scheme === 'webhdfs' && host !== authority;
  return { root, addresses: [isPlain ? authority : `${host}:${HTTP_PORT}`], path };
}
