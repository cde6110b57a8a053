/**
 * What an answer of Redis means for who asked: done, to be tried again after a pause, or over. A
 * server that starts, is full, or is no master at the moment may be another one soon; a login, a
 * type or a permission that does not fit stays as it is.
 */
import { errorCodes } from '../../errors/codes.ts';
import { RefusedError, UnreachableError, type DreyError } from '../../errors/drey-error.ts';
import type { RedisAnswer, RedisRefusal, RedisReply } from '../../platform/redis.ts';

export type RedisOutcome =
  | { readonly kind: 'done'; readonly replies: readonly RedisReply[] }
  /** `error`: for who has waited long enough. */
  | { readonly kind: 'later'; readonly error: DreyError }
  | { readonly kind: 'never'; readonly error: DreyError };

/** First words of refusals that pass. Source: Redis 7, src/server.c and its cluster specification. */
const passingRefusals: ReadonlySet<string> = new Set([
  'LOADING',
  'BUSY',
  'TRYAGAIN',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'NOREPLICAS',
  'READONLY',
  'OOM',
  'MISCONF',
]);

/** Pauses before retries: 100 ms, doubled, up to 5 s. */
export const redisRetry = {
  attempts: Infinity,
  delayMs: 100,
  backoff: 'exponential',
  maxDelayMs: 5_000,
} as const;

/** Restarts and failovers of a server take less. After it the job fails, and may start again. */
export const REDIS_GIVE_UP_MS = 60_000;

/** `asker`: what the message begins with, `sink latest`. */
export function redisOutcome(asker: string, server: string, answer: RedisAnswer): RedisOutcome {
  if (answer.kind === 'failed') {
    const { failure } = answer;
    if (failure.reason === 'login') return { kind: 'never', error: refused(asker, failure) };
    return { kind: 'later', error: unreachable(asker, failure) };
  }
  const { replies } = answer;
  const refusals = replies.filter(isRefusal);
  const final = refusals.find(({ code }) => !passingRefusals.has(code));
  const refusal = final ?? refusals[0];
  if (refusal === undefined) return { kind: 'done', replies };
  const said = { server, detail: refusal.message, reason: refusal.code };
  if (final !== undefined) return { kind: 'never', error: refused(asker, said) };
  return { kind: 'later', error: unreachable(asker, said, 'is not ready') };
}

interface Said {
  readonly server: string;
  readonly detail: string;
  readonly reason: string;
}

function unreachable(
  asker: string,
  { server, detail, reason }: Said,
  what = 'gives no answer',
): UnreachableError {
  return new UnreachableError(
    'DREY_REDIS_UNREACHABLE',
    `${asker}: Redis at ${server} ${what}: ${detail}`,
    {
      hint: errorCodes.DREY_REDIS_UNREACHABLE.next,
      retry: 'later',
      details: { server, reason },
    },
  );
}

function refused(asker: string, what: Said): RefusedError {
  const { server, detail, reason } = what;
  return new RefusedError('DREY_REDIS_REFUSED', `${asker}: Redis at ${server} refused: ${detail}`, {
    hint: hintOf(reason),
    details: { server, reason },
  });
}

function hintOf(reason: string): string {
  switch (reason) {
    case 'login':
    case 'NOAUTH':
      return 'Check username, password and database of the url.';
    case 'WRONGTYPE':
      return 'Something else lies under the key: take another key, or remove it.';
    case 'NOPERM':
      return 'Give the user the command and the key in its ACL.';
    case 'MOVED':
    case 'ASK':
    case 'CROSSSLOT':
      return 'This is a Redis Cluster, which drey cannot write to: name a single server or a proxy.';
    default:
      return errorCodes.DREY_REDIS_REFUSED.next;
  }
}

const isRefusal = (reply: RedisReply): reply is RedisRefusal =>
  typeof reply === 'object' && reply !== null && 'code' in reply;
