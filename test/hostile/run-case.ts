/** One case: a verb against a server that answers one endpoint badly and all others honestly. */
import { answerBytes, HostileServer, type Exchange } from '../support/hostile-server.ts';
import type { DreyRunner, Invocation } from './drey-worker.ts';
import { endpointOf } from './endpoint.ts';
import type { ConnectFault } from './fault/connect.ts';
import type { Fault } from './fault/fault.ts';
import { HonestFlink } from './honest-flink.ts';
import { complaints, type Role } from './verdict.ts';
import type { Verb } from './verbs.ts';

export interface HostileCase {
  readonly verb: Verb;
  readonly endpoint: string;
  readonly role: Role;
  readonly fault: Fault;
  /** Added to the verb's own: `--json`, `-o csv`. */
  readonly form: readonly string[];
  readonly isTerminal?: boolean;
}

const DEFAULT_TIMEOUT_MS = 1000;
/** Sent with each request, and to be seen nowhere. */
export const TOKEN = 'canary-f00d-token';

/** What was wrong; empty when all was right. */
export async function runCase(runner: DreyRunner, tried: HostileCase): Promise<readonly string[]> {
  const { verb, endpoint, role, fault, form, isTerminal = false } = tried;
  const flink = flinkFor(verb);
  let hits = 0;
  const server = new HostileServer({
    honest: (request) => flink.answer(request),
    answer: async (exchange) => {
      const isTarget = endpointOf(exchange.request) === endpoint && isMeant(tried, flink);
      if (!isTarget || (fault.isOnce === true && hits++ > 0)) await answerHonestly(exchange);
      else {
        hits++;
        await fault.answer(exchange);
      }
    },
  });
  const port = await server.listen();
  const timeoutMs = fault.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const url = `http://127.0.0.1:${port}/flink`;
  try {
    const outcome = await runner.run({
      ...invocationOf(verb, { url, timeoutMs, form }),
      isTerminal,
    });
    const found = complaints({
      fault,
      role,
      outcome,
      effects: flink.effects,
      verb,
      isJson: form.includes('--json'),
      isTerminal,
      host: `127.0.0.1:${port}`,
      endpoint,
      timeoutMs,
      secrets: [TOKEN],
    });
    return hits === 0 ? [...found, `${endpoint} was never asked`] : found;
  } finally {
    server.close();
  }
}

/** The same endpoint may be asked before the change and after it. */
function isMeant({ role, verb }: HostileCase, { effects }: HonestFlink): boolean {
  const isAfter = role === 'follow' || role === 'describe';
  return verb.does === null || isAfter === effects.some(({ kind }) => kind === verb.does);
}

export interface ConnectCase {
  readonly verb: Verb;
  readonly fault: ConnectFault;
  readonly form: readonly string[];
}

export async function runConnectCase(
  runner: DreyRunner,
  { verb, fault, form }: ConnectCase,
): Promise<readonly string[]> {
  const flink = flinkFor(verb);
  const { url, close } = await fault.open({
    honest: (request) => flink.answer(request),
    answer: answerHonestly,
  });
  try {
    const timeoutMs = DEFAULT_TIMEOUT_MS;
    const outcome = await runner.run(invocationOf(verb, { url, timeoutMs, form }));
    return complaints({
      fault,
      role: 'read',
      outcome,
      effects: flink.effects,
      verb,
      isJson: form.includes('--json'),
      isTerminal: false,
      host: new URL(url).host,
      endpoint: '',
      timeoutMs,
      secrets: [TOKEN],
    });
  } finally {
    close();
  }
}

export function flinkFor({ endsAfter }: Verb): HonestFlink {
  const flink = new HonestFlink();
  if (endsAfter !== undefined) flink.endAfter(endsAfter);
  return flink;
}

export interface Where {
  readonly url: string;
  readonly timeoutMs: number;
  readonly form: readonly string[];
}

export function invocationOf(verb: Verb, { url, timeoutMs, form }: Where): Invocation {
  return {
    argv: [
      ...verb.argv.map((word) => (word === '{url}' ? url : word)),
      '--url',
      url,
      '--timeout',
      `${timeoutMs}ms`,
      ...form,
    ],
    environment: { DREY_TOKEN: TOKEN },
  };
}

export function answerHonestly(exchange: Exchange): Promise<void> {
  return exchange.write(answerBytes(exchange.honest()));
}
