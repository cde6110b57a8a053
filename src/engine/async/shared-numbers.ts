/**
 * Numbers of values in a store that jobs share: a hash of Redis with a counter beside it. A value
 * gets the next number of the counter unless somebody else gives it one first; whose was first is
 * read back, so all jobs see the same. What a job had counted and lost is left out for ever.
 *
 * Numbers leave the engine, so a store that forgets some must not go on: each question asks again
 * for the last number that was taken from it, and for the name that the store was given once.
 * Invariant: at most one question is under way; its answers are looked at in `advance` alone.
 */
import { errorCodes } from '../../errors/codes.ts';
import { EngineError, VerificationError } from '../../errors/drey-error.ts';
import type { RedisAnswer, RedisClient, RedisCommand, RedisReply } from '../../platform/redis.ts';
import type { OutsideCalls } from '../operator/outside-calls.ts';
import { NUMBERS_MAX } from '../state/value-numbers.ts';
import { REDIS_GIVE_UP_MS, redisOutcome, redisRetry } from './redis-outcome.ts';
import { retryDelayMs } from './retry.ts';

export interface SharedStore {
  /** What messages begin with. */
  readonly asker: string;
  readonly server: string;
  /** Of the hash; the counter and the name of the store lie beside it. */
  readonly key: string;
}

/** What a job remembers of a store. */
export interface StoreWitness {
  /** The name that the store was given. */
  readonly storeName: string;
  /** A value and the number that it had; null: none was taken yet. */
  readonly last: { readonly value: string; readonly number: number } | null;
}

interface Surroundings {
  readonly nowMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What is sent, and waits for its answer. */
type Step = 'name' | 'find' | 'count' | 'give';

const NAME_PARTS = 4;
const NAME_PART_MAX = 2 ** 32;
/** What comes before the values in the answers of `find`. */
const FIND_ANSWERS = 2;

export class SharedNumbers implements OutsideCalls {
  /** A batch that waits has not been taken. */
  readonly rowsInFlight = 0;
  readonly found = new Map<string, number>();
  witness: StoreWitness | null = null;
  private readonly store: SharedStore;
  private readonly client: RedisClient;
  private readonly surroundings: Surroundings;
  private wake: () => void = () => undefined;
  private asked: readonly string[] = [];
  private missing: readonly string[] = [];
  private step: Step | null = null;
  private answer: RedisAnswer | null = null;
  private attempts = 0;
  private giveUpAtMs = Infinity;
  /** Set during a pause before the question is asked again. */
  private againAtMs = Infinity;

  constructor(store: SharedStore, client: RedisClient, surroundings: Surroundings) {
    this.store = store;
    this.client = client;
    this.surroundings = surroundings;
  }

  /** Not tried again: a wrong address or password is known before the first row is read. */
  async start(wake: () => void): Promise<void> {
    this.wake = wake;
    const { asker, server } = this.store;
    const outcome = redisOutcome(asker, server, await this.client.send([['PING']]));
    if (outcome.kind !== 'done') throw outcome.error;
  }

  /** A question has been put and not been answered. */
  get isHeldUp(): boolean {
    return this.step !== null || this.againAtMs !== Infinity;
  }

  get callsUnderWay(): number {
    return this.step === null ? 0 : 1;
  }

  get nextDueMs(): number {
    return this.againAtMs;
  }

  stop(): Promise<void> {
    return this.client.close();
  }

  /** Distinct values; `found` has the numbers of all once nothing is asked any more. */
  ask(values: readonly string[]): void {
    this.asked = values;
    this.attempts = 0;
    this.giveUpAtMs = this.surroundings.nowMs() + REDIS_GIVE_UP_MS;
    this.found.clear();
    this.find();
  }

  advance(): boolean {
    if (this.againAtMs <= this.surroundings.nowMs()) this.find();
    const { answer, step } = this;
    if (answer === null || step === null) return true;
    this.answer = null;
    this.step = null;
    this.takeAnswer(step, answer);
    return true;
  }

  private takeAnswer(step: Step, answer: RedisAnswer): void {
    const { asker, server } = this.store;
    const outcome = redisOutcome(asker, server, answer);
    if (outcome.kind === 'done') {
      this.take(step, outcome.replies);
      return;
    }
    const nowMs = this.surroundings.nowMs();
    if (outcome.kind === 'never' || nowMs >= this.giveUpAtMs) throw outcome.error;
    this.client.disconnect();
    this.againAtMs = nowMs + retryDelayMs(redisRetry, ++this.attempts);
  }

  private find(): void {
    this.againAtMs = Infinity;
    const { key } = this.store;
    const last = this.witness?.last ?? null;
    this.send('find', [
      ['GET', nameKey(key)],
      ['HMGET', key, last?.value ?? ''],
      ['HMGET', key, ...this.asked],
    ]);
  }

  private take(step: Step, replies: readonly RedisReply[]): void {
    switch (step) {
      case 'name':
        this.find();
        return;
      case 'find':
        this.takeFound(replies);
        return;
      case 'count':
        this.give(numberOf(replies[0]));
        return;
      case 'give':
        this.note(this.missing, listOf(replies.at(-1)));
        return;
    }
  }

  private takeFound(replies: readonly RedisReply[]): void {
    const [name = null] = replies;
    const { key } = this.store;
    if (name === null && this.witness === null) {
      this.send('name', [['SET', nameKey(key), this.newName(), 'NX']]);
      return;
    }
    this.checkStore(typeof name === 'string' ? name : '', listOf(replies[1])[0] ?? null);
    const answers = listOf(replies[FIND_ANSWERS]);
    this.missing = this.note(this.asked, answers);
    if (this.missing.length > 0) {
      this.send('count', [['INCRBY', counterKey(key), String(this.missing.length)]]);
    }
  }

  private checkStore(storeName: string, lastText: RedisReply): void {
    const { witness } = this;
    if (witness === null) {
      this.witness = { storeName, last: null };
      return;
    }
    const { last } = witness;
    const isSame = storeName === witness.storeName;
    if (isSame && (last === null || lastText === String(last.number))) return;
    const { asker, server, key } = this.store;
    const what = isSame ? 'has lost numbers that were taken from it' : 'is another one';
    throw new VerificationError(
      'DREY_DICTIONARY_STORE_CHANGED',
      `${asker}: the store ${key} of Redis at ${server} ${what}; numbers in use would be given to other values`,
      {
        hint: errorCodes.DREY_DICTIONARY_STORE_CHANGED.next,
        details: { server, key, value: isSame ? (last?.value ?? null) : null },
      },
    );
  }

  /** `count`: how many numbers have been given, these included. */
  private give(count: number): void {
    const { key, asker } = this.store;
    const { missing } = this;
    if (count > NUMBERS_MAX) {
      throw new EngineError(
        'DREY_DICTIONARY_FULL',
        `${asker}: all ${NUMBERS_MAX} numbers of the store ${key} have been given`,
        { hint: 'Give up the store and its bitmaps, and begin with another key.' },
      );
    }
    const first = count - missing.length;
    const offers = missing.map((value, index): RedisCommand => [
      'HSETNX',
      key,
      value,
      String(first + index),
    ]);
    this.send('give', [...offers, ['HMGET', key, ...missing]]);
  }

  /** Answers the values that have no number. */
  private note(values: readonly string[], answers: readonly RedisReply[]): readonly string[] {
    return values.filter((value, index) => {
      const answer = answers[index] ?? null;
      if (answer === null) return true;
      const number = numberOf(answer);
      this.found.set(value, number);
      this.witness = { storeName: this.witness?.storeName ?? '', last: { value, number } };
      return false;
    });
  }

  private send(step: Step, commands: readonly RedisCommand[]): void {
    this.step = step;
    // Answers are all that it gives: it never rejects.
    void this.client.send(commands).then((answer) => {
      this.answer = answer;
      this.wake();
    });
  }

  private newName(): string {
    const parts = Array.from({ length: NAME_PARTS }, () =>
      Math.floor(this.surroundings.random() * NAME_PART_MAX).toString(16),
    );
    return parts.join('-');
  }
}

const nameKey = (key: string): string => `${key}:store`;
const counterKey = (key: string): string => `${key}:count`;

function listOf(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}

function numberOf(reply: RedisReply | undefined): number {
  const number = typeof reply === 'string' ? Number(reply) : reply;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new VerificationError(
    'DREY_DICTIONARY_STORE_CHANGED',
    `a shared dictionary holds ${JSON.stringify(reply)} where a number should be`,
    { hint: 'Something else writes under its key: name another one.' },
  );
}
