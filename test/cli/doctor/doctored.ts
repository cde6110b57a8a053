/** Servers that stand for what people reach instead of a cluster, and the doctor's verdict. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { diagnose, type DoctorResult } from '../../../src/cli/doctor/diagnose.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import { createRealPlatform } from '../../../src/platform/real/real-platform.ts';
import type { Certified } from '../../support/certificates.ts';

/** A body as JSON or text; an answer of its own where it is a function. */
export type Page = object | string | RequestListener;
export type Pages = Readonly<Record<string, Page>>;

export const CONFIG = {
  'flink-version': '2.3.0',
  'flink-revision': 'abc',
  features: { 'web-submit': true, 'web-history': false },
};
export const ONLY_JARS: RequestListener = (request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: ['Only Jar files are allowed.'] }));
  });
};

/** A cluster as it should be. */
export const FLINK: Pages = {
  '/': '<title>Apache Flink Web Dashboard</title>',
  '/config': CONFIG,
  '/overview': { taskmanagers: 1, 'slots-total': 2, 'slots-available': 1 },
  '/jars/upload': ONLY_JARS,
};

export const answering =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status, headers);
    response.end(body);
  };

/** Its address. What has no page is 404 in Flink's form. */
export function serve(pages: Pages, certified?: Certified): Promise<string> {
  const listener: RequestListener = (request, response) => {
    const page = pages[request.url ?? ''];
    if (typeof page === 'function') return page(request, response);
    request.resume();
    if (page === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ errors: [`Not found: ${request.url}`] }));
    }
    return response.end(typeof page === 'string' ? page : JSON.stringify(page));
  };
  const scheme = certified === undefined ? 'http' : 'https';
  const server =
    certified === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certified.certificate, key: certified.privateKey }, listener);
  return addressOf(server, scheme);
}

/** A port that speaks something else: it answers each connection with these bytes and ends it. */
export function serveBytes(bytes: string): Promise<string> {
  return addressOf(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.end(bytes));
    }),
    'http',
  );
}

/** A port that takes connections and never says anything. */
export function serveNothing(): Promise<string> {
  return addressOf(
    createTcpServer((socket) => socket.on('error', () => undefined)),
    'http',
  );
}

async function addressOf(server: Server | TcpServer, scheme: 'http' | 'https'): Promise<string> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket: { destroy(): void }) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface Patient {
  readonly url?: string | null;
  readonly context?: string | null;
  readonly gateway?: string | null;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stepTimeoutMs?: number;
}

/** With no environment but what is given: nothing of the machine plays a part. */
export async function doctor(patient: Patient): Promise<DoctorResult> {
  const real = createRealPlatform();
  onTestFinished(() => real.http.close());
  const platform: Platform = {
    ...real,
    environment: { HOME: '/nonexistent', ...patient.environment },
    streams: {
      readInput: () => Promise.resolve(0),
      writeOutput: () => Promise.resolve(true),
      writeError: () => undefined,
    },
  };
  const { url = null, context = null, gateway = null } = patient;
  const request = {
    cluster: { url, context, gateway, timeoutMs: null },
    stepTimeoutMs: patient.stepTimeoutMs ?? 2000,
    nodeVersion: 'v22.1.0',
  };
  return diagnose(platform, request, () => undefined);
}

export interface ContextChoice {
  readonly url: string;
  /** PEM. */
  readonly authorities?: string;
  readonly isReadOnly?: boolean;
  /** YAML. */
  readonly auth?: string;
}

/** A file with one context, which is the current one. */
export async function contextWith(folder: string, choice: ContextChoice) {
  const path = join(folder, 'config.yaml');
  const lines = ['currentContext: here', 'contexts:', '  here:', `    url: ${choice.url}`];
  if (choice.authorities !== undefined) {
    const pem = join(folder, 'ca.pem');
    await writeFile(pem, choice.authorities);
    lines.push(`    tls: {authorities: ${JSON.stringify(pem)}}`);
  }
  if (choice.isReadOnly === true) lines.push('    readOnly: true');
  if (choice.auth !== undefined) lines.push(`    auth: ${choice.auth}`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return { environment: { DREY_CONFIG: path } };
}
