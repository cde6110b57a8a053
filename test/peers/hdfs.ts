/**
 * A real HDFS of one node on loopback, with WebHDFS: Hadoop's own cluster for tests, from Maven.
 * Ends with this process.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { hasEnded, startJava, stopJava, tailOf, type JavaProcess } from './java-process.ts';
import { mavenJars } from './maven-jars.ts';
import { waitUntil } from './wait-until.ts';

const VERSION = '3.4.2';
const START_TIMEOUT_MS = 180_000;

export interface HdfsPeer {
  /** `127.0.0.1:PORT`, of WebHDFS. */
  readonly httpAddress: string;
  /** Makes a file, with its folders, as a user; the user's own the superuser when left out. */
  write(path: string, content: Uint8Array | string, user?: string): Promise<void>;
  remove(path: string): Promise<void>;
  setPermission(path: string, octal: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startHdfs(): Promise<HdfsPeer> {
  const classpath = await hadoopClasspath();
  const folder = mkdtempSync(join(tmpdir(), 'drey-hdfs-'));
  mkdirSync(join(folder, 'data'));
  const port = await freePort();
  const log = join(folder, 'log');
  const java = await startJava({
    name: 'HDFS',
    mark: folder,
    arguments: [
      '-Xmx512m',
      ...opens.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
      '-cp',
      classpath,
      fileURLToPath(new URL('./mini-hdfs/MiniHdfs.java', import.meta.url)),
      String(port),
      join(folder, 'data'),
      'true',
    ],
    env: { HADOOP_USER_NAME: SUPERUSER },
    outputFile: log,
    isDetached: false,
  });
  await waitUntil({ what: 'HDFS to start', timeoutMs: START_TIMEOUT_MS }, async () =>
    Promise.resolve(isUp(java, log) ? true : undefined),
  );
  return peerOf(java, `127.0.0.1:${port}`, folder);
}

const SUPERUSER = 'root-of-hdfs';
/** What Hadoop reaches into that Java has closed since. */
const opens = ['java.lang', 'java.lang.reflect', 'java.util', 'java.io', 'java.nio'] as const;

function isUp(java: JavaProcess, log: string): boolean {
  if (hasEnded(java)) throw new Error(`HDFS ended:\n${tailOf(log)}`);
  return readFileSync(log, 'utf8').includes('UP\n');
}

function peerOf(java: JavaProcess, httpAddress: string, folder: string): HdfsPeer {
  const ask = (method: string, path: string, query: string): Promise<string> =>
    send(method, `http://${httpAddress}/webhdfs/v1${encodeURI(path).replace('#', '%23')}?${query}`);
  return {
    httpAddress,
    write: async (path, content, user = SUPERUSER) => {
      const dataNode = await ask('PUT', path, `op=CREATE&overwrite=true&user.name=${user}`);
      await send('PUT', dataNode, content);
    },
    remove: async (path) => {
      await ask('DELETE', path, `op=DELETE&recursive=true&user.name=${SUPERUSER}`);
    },
    setPermission: async (path, octal) => {
      await ask('PUT', path, `op=SETPERMISSION&permission=${octal}&user.name=${SUPERUSER}`);
    },
    stop: async () => {
      await stopJava(java);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where it leads to, or nothing. A DataNode says 100 Continue unasked, which `fetch` refuses. */
function send(method: string, url: string, body?: Uint8Array | string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method }, (answer) => {
      const status = answer.statusCode ?? 0;
      let text = '';
      answer.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
      answer.on('end', () => {
        if (status < 400) resolve(answer.headers.location ?? '');
        else reject(new Error(`${method} ${url}: ${status} ${text}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function hadoopClasspath(): Promise<string> {
  const hadoop = (name: string, type = 'jar') => ({
    group: 'org.apache.hadoop',
    name,
    version: VERSION,
    type,
  });
  return mavenJars(`hadoop-${VERSION}-jars`, [
    hadoop('hadoop-common'),
    hadoop('hadoop-common', 'test-jar'),
    hadoop('hadoop-hdfs'),
    hadoop('hadoop-hdfs', 'test-jar'),
    hadoop('hadoop-hdfs-client'),
    { group: 'junit', name: 'junit', version: '4.13.2' },
    { group: 'org.mockito', name: 'mockito-core', version: '2.28.2' },
  ]);
}
