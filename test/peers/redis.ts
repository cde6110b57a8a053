/**
 * A real Redis server on loopback: the one that the machine has, else the one of Debian's packages,
 * unpacked into the peers' folder without being installed. Ends with this process.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { freePort } from './free-port.ts';
import { filledOnce, peersFolder } from './peer-folder.ts';
import { runProgram, tryProgram } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

export interface RedisOptions {
  readonly password?: string;
  /** What was written is on disk before it is answered. */
  readonly isDurable?: boolean;
}

export interface RedisPeer {
  readonly port: number;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** After `kill`: on the same port and the same files. */
  restart(): Promise<void>;
  /** Stops it from answering, as a machine that hangs. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Debian's packages that hold the server and what it links to beyond the C library. */
const packages = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1'] as const;
const START_TIMEOUT_MS = 30_000;

interface Program {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function startRedis(options: RedisOptions = {}): Promise<RedisPeer> {
  const program = await redisProgram();
  const folder = mkdtempSync(join(tmpdir(), 'drey-redis-'));
  const port = await freePort();
  const args = [
    ['--port', String(port)],
    ['--bind', '127.0.0.1'],
    ['--dir', folder],
    ['--save', ''],
    ['--appendonly', options.isDurable === true ? 'yes' : 'no'],
    ['--appendfsync', 'always'],
    ...(options.password === undefined ? [] : [['--requirepass', options.password]]),
  ].flat();
  let child = await startServer(program, args, port);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  return {
    port,
    kill,
    restart: async () => {
      child = await startServer(program, args, port);
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function redisProgram(): Promise<Program> {
  const installed = await tryProgram('redis-server', ['--version']).catch(() => null);
  if (installed?.exit === 0) return { path: 'redis-server', env: {} };
  const folder = await filledOnce(join(peersFolder(), 'redis'), unpackPackages);
  const libraries = readdirSync(join(folder, 'usr', 'lib'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, 'usr', 'lib', name));
  return {
    path: join(folder, 'usr', 'bin', 'redis-server'),
    env: { LD_LIBRARY_PATH: libraries.join(':') },
  };
}

async function unpackPackages(folder: string): Promise<void> {
  const download = mkdtempSync(join(tmpdir(), 'drey-peer-download-'));
  try {
    await runProgram('apt-get', ['download', ...packages], { cwd: download });
    for (const name of readdirSync(download)) {
      await runProgram('dpkg', ['-x', join(download, name), folder]);
    }
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

async function startServer(
  { path, env }: Program,
  args: readonly string[],
  port: number,
): Promise<ChildProcess> {
  const child = spawn(path, [...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  await waitUntil({ what: 'Redis to answer', timeoutMs: START_TIMEOUT_MS }, async () => {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    return (await answers(port)) ? true : undefined;
  });
  return child;
}

/** It takes connections, and has read its files. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('error', () => {
      resolve(false);
    });
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(/^(?:\+PONG|-NOAUTH)/.test(bytes.toString()));
    });
  });
}
