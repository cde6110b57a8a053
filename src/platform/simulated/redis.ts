/**
 * The way to the simulated Redis: each run of commands arrives after a random delay, and its
 * answers, or the news that there are none, come back after another. Where the connection breaks,
 * a part of the commands has been carried out, or all of them and only the answers are lost.
 */
import type {
  Redis,
  RedisAnswer,
  RedisClient,
  RedisCommand,
  RedisFailure,
  RedisReply,
  RedisSettings,
} from '../redis.ts';
import type { SeededRandom } from './random.ts';
import type { SimulatedRedisServer } from './redis-server.ts';
import type { Scheduler } from './scheduler.ts';

/** Each way takes a random part of this. */
const LATENCY_MS_MAX = 5;

export class SimulatedRedis implements Redis {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;
  private readonly server: SimulatedRedisServer;

  constructor(scheduler: Scheduler, random: SeededRandom, server: SimulatedRedisServer) {
    this.scheduler = scheduler;
    this.random = random;
    this.server = server;
  }

  connect(settings: RedisSettings): RedisClient {
    const { scheduler, random, server } = this;
    let isClosed = false;
    const delayMs = (): number => random.next() * LATENCY_MS_MAX;
    const failed = (reason: RedisFailure['reason'], isSent: boolean): RedisAnswer => {
      const failure = { reason, server: `${settings.host}:${settings.port}`, detail: reason };
      return { kind: 'failed', failure: { ...failure, isSent } };
    };
    return {
      send: (commands) =>
        new Promise((resolve) => {
          scheduler.schedule(delayMs(), { label: 'redis', owner: 'redis' }, () => {
            const replies = server.isDown ? null : executed(server, commands);
            scheduler.schedule(delayMs(), { label: 'redis: answer', owner: 'redis' }, () => {
              if (isClosed) resolve(failed('closed', true));
              else if (server.isDown && replies === null) resolve(failed('unreachable', false));
              else if (replies === null) resolve(failed('cut-off', true));
              else resolve({ kind: 'replies', replies });
            });
          });
        }),
      disconnect: () => undefined,
      close: () => {
        isClosed = true;
        return Promise.resolve();
      },
    };
  }
}

/** Null: the connection broke before the answers were through. */
function executed(
  server: SimulatedRedisServer,
  commands: readonly RedisCommand[],
): readonly RedisReply[] | null {
  const { breaksAfter } = server;
  server.breaksAfter = null;
  if (breaksAfter === null) return commands.map((command) => server.execute(command));
  for (const command of commands.slice(0, breaksAfter)) server.execute(command);
  return null;
}
