/** Which endpoints each verb uses, and for what: found out before an honest server. */
import { HostileServer } from '../support/hostile-server.ts';
import type { DreyRunner, Outcome } from './drey-worker.ts';
import { endpointOf } from './endpoint.ts';
import type { Effect } from './honest-flink.ts';
import { answerHonestly, flinkFor, invocationOf } from './run-case.ts';
import type { Role } from './verdict.ts';
import type { Verb } from './verbs.ts';

/** One endpoint in one role, and the verbs that use it so. */
export interface Use {
  readonly endpoint: string;
  readonly role: Role;
  readonly verbs: readonly Verb[];
  /** Its answer is a text and no JSON, taken as it comes. */
  readonly isText: boolean;
}

export interface HonestRun {
  readonly verb: Verb;
  readonly outcome: Outcome;
  readonly effects: readonly Effect[];
  readonly requests: readonly HonestRequest[];
}

interface HonestRequest {
  readonly endpoint: string;
  readonly role: Role;
  /** Of the honest answer. */
  readonly body: unknown;
}

/** Enough for those who wait for a job that ends soon. */
const TIMEOUT_MS = 10_000;

export async function runHonestly(runner: DreyRunner, verb: Verb): Promise<HonestRun> {
  const flink = flinkFor(verb);
  const requests: HonestRequest[] = [];
  const server = new HostileServer({
    honest: (request) => {
      const isAfter = isDone(verb, flink.effects);
      const answer = flink.answer(request);
      const endpoint = endpointOf(request);
      requests.push({ endpoint, role: roleOf(verb, endpoint, isAfter), body: answer.body });
      return answer;
    },
    answer: answerHonestly,
  });
  const url = `http://127.0.0.1:${await server.listen()}/flink`;
  const outcome = await runner.run(invocationOf(verb, { url, timeoutMs: TIMEOUT_MS, form: [] }));
  server.close();
  return { verb, outcome, effects: flink.effects, requests };
}

/** Whether what the verb is there for has been done. */
export function isDone({ does }: Verb, effects: readonly Effect[]): boolean {
  return effects.some(({ kind }) => kind === does);
}

function roleOf(verb: Verb, endpoint: string, isAfter: boolean): Role {
  if (verb.describes?.includes(endpoint) === true && (isAfter || verb.does === null)) {
    return 'describe';
  }
  if (!endpoint.startsWith('GET ')) {
    if (verb.does === null) return 'request';
    // What is left to be done then is to clean up.
    return isAfter ? 'describe' : 'change';
  }
  if (isAfter) return 'follow';
  if (verb.watches?.includes(endpoint) === true) return 'watch';
  return verb.optional?.includes(endpoint) === true ? 'optional' : 'read';
}

export function usesOf(runs: readonly HonestRun[]): readonly Use[] {
  const found = new Map<string, Use & { readonly verbs: Verb[] }>();
  for (const { verb, requests } of runs) {
    for (const { endpoint, role, body } of requests) {
      const key = `${role} ${endpoint}`;
      const use = found.get(key) ?? { endpoint, role, verbs: [], isText: typeof body === 'string' };
      if (!use.verbs.includes(verb)) use.verbs.push(verb);
      found.set(key, use);
    }
  }
  return [...found.values()];
}
