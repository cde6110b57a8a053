/**
 * The `redis` sink: rows as commands, sent in runs, each of which is one way there and back. What
 * had no answer is sent again, all of it, until the server is back or the time is over; commands
 * are idempotent, so it does no harm that some had been carried out.
 * Invariant: a flush that has resolved is in Redis; rows after the last checkpoint come again
 * after a restore, and end in the same values.
 */
import type { Clock } from '../../../platform/clock.ts';
import type { Redis, RedisClient, RedisCommand, RedisSettings } from '../../../platform/redis.ts';
import type { Timers } from '../../../platform/timers.ts';
import { REDIS_GIVE_UP_MS, redisOutcome, redisRetry } from '../../async/redis-outcome.ts';
import { retryDelayMs } from '../../async/retry.ts';
import type { Batch } from '../../batch/batch.ts';
import type { Sink } from '../contract.ts';
import { RedisCommands, type RedisCommandOptions } from './redis-commands.ts';

export interface RedisSinkOptions extends RedisCommandOptions {
  readonly settings: RedisSettings;
}

export interface RedisSurroundings {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Beyond it rows wait; the server holds the answers of one run in its memory. */
const COMMANDS_MAX = 4_096;
const SIZE_BYTES_MAX = 1024 * 1024;

export class RedisSink implements Sink {
  private readonly asker: string;
  private readonly server: string;
  private readonly client: RedisClient;
  private readonly clock: Clock;
  private readonly timers: Timers;
  private readonly commands: RedisCommands;
  private hasStopped = false;
  /** Ends the pause before a retry. */
  private endPause: () => void = () => undefined;

  constructor(options: RedisSinkOptions, { redis, clock, timers }: RedisSurroundings) {
    const { settings } = options;
    this.asker = `sink ${options.name}`;
    this.server = `${settings.host}:${settings.port}`;
    this.client = redis.connect(settings);
    this.clock = clock;
    this.timers = timers;
    this.commands = new RedisCommands(options);
  }

  get isFull(): boolean {
    return this.commands.count >= COMMANDS_MAX || this.commands.sizeBytes >= SIZE_BYTES_MAX;
  }

  /** Not tried again: a wrong address or password is known before the first row is read. */
  async open(): Promise<void> {
    const outcome = redisOutcome(this.asker, this.server, await this.client.send([['PING']]));
    if (outcome.kind !== 'done') throw outcome.error;
  }

  write(batch: Batch): void {
    this.commands.add(batch);
  }

  async flush(): Promise<boolean> {
    if (this.commands.count > 0) await this.send(this.commands.take());
    return true;
  }

  stopRetrying(): void {
    this.hasStopped = true;
    this.endPause();
  }

  async commit(): Promise<void> {
    await this.flush();
  }

  async close(): Promise<void> {
    this.stopRetrying();
    await this.client.close();
  }

  private async send(commands: readonly RedisCommand[]): Promise<void> {
    const giveUpAtMs = this.clock.monotonicMs() + REDIS_GIVE_UP_MS;
    for (let attempt = 1; ; attempt++) {
      const outcome = redisOutcome(this.asker, this.server, await this.client.send(commands));
      if (outcome.kind === 'done') return;
      const isOver = this.hasStopped || this.clock.monotonicMs() >= giveUpAtMs;
      if (outcome.kind === 'never' || isOver) throw outcome.error;
      // What was a master may be none any more: the name may lead to another machine now.
      this.client.disconnect();
      await this.pause(retryDelayMs(redisRetry, attempt));
    }
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.timers.after(delayMs, resolve);
      this.endPause = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
