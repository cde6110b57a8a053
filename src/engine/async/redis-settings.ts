/** How the engine talks to a Redis server: under which name, and how long it waits. */
import type { RedisAddress, RedisSettings } from '../../platform/redis.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A server that forks to write its file answers within seconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** `node`: whose connection it is. */
export function redisSettings(address: RedisAddress, node: string): RedisSettings {
  return {
    ...address,
    clientName: `drey-${node.replace(/[^\w.-]/g, '-')}`,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  };
}
