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

const DEFAULT_TIMEOUT_MS = 1500;
/** Sent with each request, and to be seen nowhere. */
export const TOKEN = 'canary-f00d-token';

/** Of one command; who asks more often gets no answer any more. */
const REQUESTS_MAX = 200;

/** What was wrong; empty when all was right. `patience`: times the usual time. */
export async function runCase(
  runner: DreyRunner,
  tried: HostileCase,
  patience = 1,
): Promise<readonly string[]> {
  const { verb, endpoint, role, fault, form, isTerminal = false } = tried;
  const flink = flinkFor(verb);
  let hits = 0;
  const server = new HostileServer({
    honest: (request) => flink.answer(request),
    answer: async (exchange) => {
      const isTarget = endpointOf(exchange.request) === endpoint && isMeant(tried, flink);
      if (exchange.number > REQUESTS_MAX) exchange.vanish();
      else if (!isTarget || (fault.isOnce === true && hits++ > 0)) await answerHonestly(exchange);
      else {
        hits++;
        await fault.answer(exchange);
      }
    },
  });
  const port = await server.listen();
  const timeoutMs = patience * (fault.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const url = `http://127.0.0.1:${port}/flink`;
  try {
    const outcome = await runner.run({
      ...invocationOf(verb, { url, timeoutMs, form }),
      isTerminal,
    });
    return complaints({
      fault,
      role,
      outcome,
      effects: flink.effects,
      verb,
      isJson: form.includes('--json'),
      isTerminal,
      host: `127.0.0.1:${port}`,
      endpoint,
      isMet: hits > 0,
      timeoutMs,
      secrets: [TOKEN],
    });
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
  patience = 1,
): Promise<readonly string[]> {
  const flink = flinkFor(verb);
  const { url, close } = await fault.open({
    honest: (request) => flink.answer(request),
    answer: answerHonestly,
  });
  try {
    const timeoutMs = patience * DEFAULT_TIMEOUT_MS;
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
      isMet: true,
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
