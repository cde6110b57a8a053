/**
 * A small HTTP server that answers like a cluster, and a session that reaches it. Answers are
 * given by path, the query included or not; what is asked and has no answer is 404 in Flink's form.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { openSession, type ClusterSession } from '../../src/cli/cluster/cluster-session.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';

/** A body as JSON or as plain text; with a status where it is not 200. */
export type ClusterAnswer = object | string | Refusal;

export class Refusal {
  readonly status: number;
  readonly message: string;

  constructor(status: number, message: string) {
    this.status = status;
    this.message = message;
  }
}

/** Several answers: one after the other, the last one for ever. */
export class Turns {
  readonly answers: readonly ClusterAnswer[];

  constructor(...answers: readonly ClusterAnswer[]) {
    this.answers = answers;
  }
}

export type ClusterAnswers = Readonly<Record<string, ClusterAnswer | Turns>>;

export interface AnsweringCluster {
  readonly url: string;
  /** What was asked, in order: path and query. */
  readonly asked: readonly string[];
  readonly session: ClusterSession;
  /** What a command would have written to standard error. */
  errorText(): string;
}

/** Ends with the test. */
export async function answeringCluster(answers: ClusterAnswers): Promise<AnsweringCluster> {
  const asked: string[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const target = request.url ?? '';
    asked.push(target);
    request.resume();
    const key = answers[target] === undefined ? (target.split('?')[0] ?? '') : target;
    const turn = counts.get(key) ?? 0;
    counts.set(key, turn + 1);
    respond(response, answerOf(answers[key], turn, target));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const written: string[] = [];
  const platform = impatientPlatform(written);
  onTestFinished(async () => {
    await platform.http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const target = {
    rest: { baseUrl: url },
    gateway: null,
    contextName: null,
    because: 'the test says so',
    isReadOnly: false,
    timeoutMs: null,
    flags: ['--url', url],
  };
  const terminal = {
    isInputTerminal: false,
    isOutputTerminal: false,
    isErrorTerminal: false,
    errorColumns: () => 80,
  };
  const session = openSession(target, { platform, terminal });
  return { url, asked, session, errorText: () => written.join('') };
}

/** The real one, but pauses take no time, and standard error is kept. */
function impatientPlatform(written: string[]): Platform {
  const real = createRealPlatform();
  return {
    ...real,
    timers: {
      after: (_delayMs, task) => real.timers.after(0, task),
      yield: () => real.timers.yield(),
    },
    streams: {
      readInput: () => Promise.resolve(0),
      writeOutput: () => Promise.resolve(true),
      writeError: (text) => {
        written.push(text);
      },
    },
    environment: {},
  };
}

function answerOf(
  answers: ClusterAnswers[string] | undefined,
  turn: number,
  target: string,
): ClusterAnswer {
  if (answers === undefined) return new Refusal(404, `Not found: ${target}`);
  if (!(answers instanceof Turns)) return answers;
  return answers.answers[Math.min(turn, answers.answers.length - 1)] ?? '';
}

function respond(response: ServerResponse, answer: ClusterAnswer): void {
  if (answer instanceof Refusal) {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [answer.message] }));
  } else if (typeof answer === 'string') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(answer);
  } else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
