/**
 * A small HTTP server that answers like a SQL Gateway, out of recordings, and a session that
 * reaches it. A statement that was not recorded is answered as SET is: OK.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSession, type ClusterSession } from '../../src/cli/cluster/cluster-session.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';
import type { StopSignal } from '../../src/platform/signals.ts';

export const gatewayVersions = ['2.3.0', '1.20.3'] as const;
export type RecordedVersion = (typeof gatewayVersions)[number];

interface Answer {
  readonly status: number;
  /** Text as it came, or the value of it. */
  readonly body: unknown;
}

export interface RecordedStatement {
  readonly statement: string;
  readonly operationStatus: string;
  readonly pages: readonly (Answer & { readonly path: string })[];
}

export interface GatewayRecording {
  readonly apiVersions: object;
  readonly version: string;
  readonly statements: Readonly<Record<string, RecordedStatement>>;
  readonly configureSelect: Answer;
  readonly closedSession: Answer;
  readonly unknownSession: Answer;
}

export function gatewayRecording(version: RecordedVersion): GatewayRecording {
  const path = join('test', 'contract', 'recordings', `sql-gateway-${version}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as GatewayRecording;
}

export interface GatewayOptions {
  readonly version?: RecordedVersion;
  readonly apiVersions?: readonly string[];
  /** It knows no `/api_versions`. */
  readonly isNoGateway?: boolean;
  /** The connection ends in place of the answer to this statement, so many times. */
  readonly losesAnswersTo?: { readonly statement: string; readonly times: number };
  /** Jobs that the cluster knows although their answers were lost. */
  readonly hasLostJobs?: boolean;
  /** After so many statements the gateway knows no session any more. */
  readonly forgetsAfter?: number;
  /** A statement whose result never ends: a row for each page. */
  readonly endless?: string;
  /** Called before the answer to a statement. */
  readonly onStatement?: () => void;
  /** All statements are answered as the one that was recorded by this name. */
  readonly repliesAs?: string;
  /** In place of the right address of the next page. */
  readonly nextResultUri?: string;
  readonly isReadOnly?: boolean;
  /** A minute between two heartbeats is over at once. */
  readonly isMinuteShort?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

export interface RecordedGateway {
  /** Method and path of all requests, sessions and operations as `S` and `O`. */
  readonly asked: readonly string[];
  /** In the order in which they came; repeated ones again. */
  readonly statements: readonly string[];
  /** `executionConfig` of the statements. */
  readonly configurations: readonly object[];
  readonly session: ClusterSession;
  errorText(): string;
  outputText(): string;
  signal(signal: StopSignal): void;
}

const SESSION = '00000000-0000-4000-8000-000000000001';

export async function recordedGateway(options: GatewayOptions = {}): Promise<RecordedGateway> {
  const server = new GatewayServer(options);
  const url = await server.listen();
  const errors: string[] = [];
  const output: string[] = [];
  const listeners = new Set<(signal: StopSignal) => void>();
  const { files = {}, isMinuteShort = false } = options;
  const platform = testPlatform({ errors, output, listeners, files, isMinuteShort });
  onTestFinished(async () => {
    await platform.http.close();
    await server.close();
  });
  const target = {
    rest: { baseUrl: url },
    gateway: { baseUrl: `${url}/gateway` },
    contextName: 'here',
    because: 'the test says so',
    isReadOnly: options.isReadOnly ?? false,
    timeoutMs: null,
    flags: ['--url', url],
  };
  const terminal = {
    isInputTerminal: false,
    isOutputTerminal: false,
    isErrorTerminal: false,
    errorColumns: () => 80,
  };
  return {
    asked: server.asked,
    statements: server.statements,
    configurations: server.configurations,
    session: openSession(target, { platform, terminal }),
    errorText: () => errors.join(''),
    outputText: () => output.join(''),
    signal: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  };
}

interface Operation {
  readonly entry: RecordedStatement;
  readonly isEndless: boolean;
  at: number;
}

class GatewayServer {
  readonly asked: string[] = [];
  readonly statements: string[] = [];
  readonly configurations: object[] = [];
  private readonly options: GatewayOptions;
  private readonly recording: GatewayRecording;
  private readonly operations: Operation[] = [];
  private isKnown = false;
  private lost = 0;
  private readonly server = createServer((request, response) => {
    void bodyOf(request).then((body) => this.answer(request, response, body));
  });

  constructor(options: GatewayOptions) {
    this.options = options;
    this.recording = gatewayRecording(options.version ?? '2.3.0');
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const path = (request.url ?? '').replace(/^\/gateway(?:\/v\d)?/, '');
    const method = request.method ?? '';
    this.asked.push(
      `${method} ${path.replace(SESSION, 'S').replace(/operations\/[^/]+/, 'operations/O')}`,
    );
    if (method === 'POST' && path.endsWith('/statements')) this.take(response, body);
    else respond(response, this.answerTo(method, path, body));
  }

  private take(response: ServerResponse, body: string): void {
    const { statement, executionConfig = {} } = JSON.parse(body) as {
      statement: string;
      executionConfig?: object;
    };
    if (this.statements.length >= (this.options.forgetsAfter ?? Infinity)) this.isKnown = false;
    this.statements.push(statement);
    this.configurations.push(executionConfig);
    const { losesAnswersTo, onStatement, repliesAs } = this.options;
    onStatement?.();
    if (statement === losesAnswersTo?.statement && this.lost < losesAnswersTo.times) {
      this.lost++;
      response.destroy();
    } else if (this.isKnown) {
      const { statements } = this.recording;
      const known = Object.values(statements).find((entry) => entry.statement === statement);
      const entry = statements[repliesAs ?? ''] ?? known ?? statements['set'];
      if (entry === undefined) throw new Error('SET was not recorded');
      this.operations.push({ entry, isEndless: statement === this.options.endless, at: 0 });
      respond(response, good({ operationHandle: handleOf(this.operations.length - 1) }));
    } else {
      respond(response, this.recording.closedSession);
    }
  }

  private answerTo(method: string, path: string, body: string): Answer {
    if (path === '/api_versions' && this.options.isNoGateway !== true) {
      const { apiVersions } = this.options;
      return good(
        apiVersions === undefined ? this.recording.apiVersions : { versions: apiVersions },
      );
    }
    if (method === 'POST' && path === '/sessions') {
      this.isKnown = true;
      return good({ sessionHandle: SESSION });
    }
    if (path === `/sessions/${SESSION}` && method === 'DELETE') {
      this.isKnown = false;
      return good({ status: 'CLOSED' });
    }
    if (path === `/sessions/${SESSION}`) {
      return this.isKnown ? good({ properties: {} }) : this.recording.unknownSession;
    }
    if (path.endsWith('/heartbeat')) return good({});
    if (path.endsWith('/configure-session')) {
      return body.includes('SELECT') ? this.recording.configureSelect : good({});
    }
    if (/^\/jobs\/\w+\/status$/.test(path) && this.options.hasLostJobs === true) {
      return good({ status: 'RUNNING' });
    }
    const match = /operations\/([^/]+)\/(status|close|cancel|result)/.exec(path);
    const operation = this.operations[indexOf(match?.[1] ?? '')];
    if (operation === undefined) return { status: 404, body: { errors: [`Not found: ${path}`] } };
    if (match?.[2] === 'status') return good({ status: operation.entry.operationStatus });
    return match?.[2] === 'result' ? this.page(operation, path) : good({ status: 'CLOSED' });
  }

  private page(operation: Operation, path: string): Answer {
    if (operation.isEndless) return this.endlessPage(path);
    const { pages } = operation.entry;
    // Asked in the other format, the next page is the same one again.
    const next = pages[operation.at];
    const format = /rowFormat=(\w+)/.exec(path)?.[1] ?? '';
    const isThatFormat = next?.path.endsWith(`rowFormat=${format}`) === true;
    const found = next !== undefined && isThatFormat ? next : pages[operation.at - 1];
    if (next !== undefined && isThatFormat) operation.at++;
    if (found === undefined) throw new Error(`no page was recorded for ${path}`);
    return { status: found.status, body: this.renumbered(found.body, tokenOf(path)) };
  }

  /** Pages were left out of the recording. */
  private renumbered(body: unknown, token: number): unknown {
    if (typeof body !== 'string') return body;
    return body.replace(
      /"nextResultUri":"([^"]*?\/result\/)\d+([^"]*)"/,
      (_all, before: string, after: string) =>
        `"nextResultUri":"${this.options.nextResultUri ?? `${before}${token + 1}${after}`}"`,
    );
  }

  private endlessPage(path: string): Answer {
    const token = tokenOf(path);
    return good({
      resultType: 'PAYLOAD',
      isQueryResult: true,
      jobID: 'a'.repeat(32),
      resultKind: 'SUCCESS_WITH_CONTENT',
      results: {
        columns: [{ name: 'n', logicalType: { type: 'BIGINT', nullable: true }, comment: null }],
        rowFormat: 'JSON',
        data: [{ kind: 'INSERT', fields: [token] }],
      },
      nextResultUri: this.options.nextResultUri ?? path.replace(/\d+\?/, `${token + 1}?`),
    });
  }
}

function good(body: unknown): Answer {
  return { status: 200, body };
}

function tokenOf(path: string): number {
  return Number(/\/result\/(\d+)/.exec(path)?.[1]);
}

function handleOf(index: number): string {
  return `00000000-0000-4000-9000-${String(index).padStart(12, '0')}`;
}

function indexOf(handle: string): number {
  return handle === '' ? -1 : Number(handle.slice(-12));
}

function respond(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

interface TestPlatform {
  readonly errors: string[];
  readonly output: string[];
  readonly listeners: Set<(signal: StopSignal) => void>;
  readonly files: Readonly<Record<string, string>>;
  readonly isMinuteShort: boolean;
}

/** The real one, but pauses are short, and files, streams and signals are the test's. */
function testPlatform({ errors, output, listeners, files, isMinuteShort }: TestPlatform): Platform {
  const real = createRealPlatform();
  return {
    ...real,
    timers: {
      // A heartbeat that is due in a minute is not due at once.
      after: (delayMs, task, options) =>
        real.timers.after(
          options?.keepAlive === false && !isMinuteShort ? delayMs : Math.min(delayMs, 1),
          task,
          options,
        ),
      yield: () => real.timers.yield(),
    },
    files: {
      ...real.files,
      readAll: (path) => {
        const content = files[path.replace(/^.*\//, '')];
        return content === undefined
          ? Promise.reject(new Error(`no file ${path}`))
          : Promise.resolve(new TextEncoder().encode(content));
      },
    },
    signals: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    streams: {
      readInput: () => Promise.resolve(0),
      writeOutput: (content) => {
        output.push(new TextDecoder().decode(content));
        return Promise.resolve(true);
      },
      writeError: (text) => {
        errors.push(text);
      },
    },
    environment: {},
  };
}
