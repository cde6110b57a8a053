/**
 * A Redis of the simulated world: the commands that drey sends, with Redis's own answers to them.
 * It outlives the process that talks to it. What a test may do to it: end it, with or without what
 * it held, and have it break off a run of commands.
 */
import type { RedisCommand, RedisReply } from '../redis.ts';

type Content =
  | { readonly kind: 'string'; text: string }
  | { readonly kind: 'hash'; readonly fields: Map<string, string> }
  | { readonly kind: 'zset'; readonly scores: Map<string, number> };

interface Entry {
  readonly content: Content;
  expiresAtMs: number;
}

const WRONG_KIND: RedisReply = {
  code: 'WRONGTYPE',
  message: 'WRONGTYPE Operation against a key holding the wrong kind of value',
};

export class SimulatedRedisServer {
  /** Nobody answers. */
  isDown = false;
  /** So many commands of the next run are carried out, then the connection breaks; once. */
  breaksAfter: number | null = null;
  /** Every command is refused with this; null: they are carried out. */
  refusal: { readonly code: string; readonly message: string } | null = null;
  private readonly nowMs: () => number;
  private readonly entries = new Map<string, Entry>();
  private readonly decoder = new TextDecoder();

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** As a server that keeps nothing on disk, started again. */
  loseAll(): void {
    this.entries.clear();
  }

  /** For tests: what lies under a key, as its texts. */
  read(key: string): string | ReadonlyMap<string, string | number> | null {
    const content = this.live(key)?.content;
    if (content === undefined) return null;
    switch (content.kind) {
      case 'string':
        return content.text;
      case 'hash':
        return new Map(content.fields);
      case 'zset':
        return new Map(content.scores);
    }
  }

  /** For tests: time until the key goes; null: it stays. */
  ttlMs(key: string): number | null {
    const at = this.live(key)?.expiresAtMs ?? Infinity;
    return at === Infinity ? null : at - this.nowMs();
  }

  execute(command: RedisCommand): RedisReply {
    if (this.refusal !== null) return this.refusal;
    const [name = '', ...words] = command.map((word) =>
      typeof word === 'string' ? word : this.decoder.decode(word),
    );
    const [key = '', ...rest] = words;
    switch (name) {
      case 'PING':
        return 'PONG';
      case 'GET':
      case 'SET':
      case 'INCRBY':
        return this.executeString(name, key, rest);
      case 'HSET':
      case 'HDEL':
      case 'HSETNX':
      case 'HMGET':
        return this.executeHash(name, key, rest);
      case 'ZADD':
      case 'ZREM':
        return this.executeSet(name, key, rest);
      case 'DEL': {
        const was = this.live(key) !== undefined;
        this.entries.delete(key);
        return was ? 1 : 0;
      }
      case 'PEXPIRE': {
        const entry = this.live(key);
        if (entry === undefined) return 0;
        entry.expiresAtMs = this.nowMs() + Number(rest[0]);
        return 1;
      }
      default:
        return { code: 'ERR', message: `ERR unknown command '${name}'` };
    }
  }

  private executeString(name: string, key: string, words: readonly string[]): RedisReply {
    const entry = this.live(key);
    if (entry !== undefined && entry.content.kind !== 'string' && name !== 'SET') return WRONG_KIND;
    const text = entry?.content.kind === 'string' ? entry.content.text : null;
    if (name === 'GET') return text;
    if (name === 'INCRBY') {
      const sum = Number(text ?? '0') + Number(words[0]);
      this.put(key, { kind: 'string', text: String(sum) }, entry?.expiresAtMs);
      return sum;
    }
    const [value = '', ...options] = words;
    if (options.includes('NX') && entry !== undefined) return null;
    const ttl = options.indexOf('PX');
    const expiresAtMs = ttl < 0 ? Infinity : this.nowMs() + Number(options[ttl + 1]);
    this.put(key, { kind: 'string', text: value }, expiresAtMs);
    return 'OK';
  }

  private executeHash(name: string, key: string, words: readonly string[]): RedisReply {
    const entry = this.live(key);
    if (entry !== undefined && entry.content.kind !== 'hash') return WRONG_KIND;
    const fields =
      entry?.content.kind === 'hash' ? entry.content.fields : new Map<string, string>();
    if (name === 'HMGET') return words.map((word) => fields.get(word) ?? null);
    const before = fields.size;
    if (name === 'HDEL') {
      for (const word of words) fields.delete(word);
    } else {
      for (let at = 0; at + 1 < words.length; at += 2) {
        if (name === 'HSETNX' && fields.has(words[at]!)) continue;
        fields.set(words[at]!, words[at + 1]!);
      }
    }
    if (fields.size === 0) this.entries.delete(key);
    else this.put(key, { kind: 'hash', fields }, entry?.expiresAtMs);
    return Math.abs(fields.size - before);
  }

  private executeSet(name: string, key: string, words: readonly string[]): RedisReply {
    const entry = this.live(key);
    if (entry !== undefined && entry.content.kind !== 'zset') return WRONG_KIND;
    const scores =
      entry?.content.kind === 'zset' ? entry.content.scores : new Map<string, number>();
    const before = scores.size;
    if (name === 'ZREM') {
      for (const word of words) scores.delete(word);
    } else {
      for (let at = 0; at + 1 < words.length; at += 2)
        scores.set(words[at + 1]!, Number(words[at]));
    }
    if (scores.size === 0) this.entries.delete(key);
    else this.put(key, { kind: 'zset', scores }, entry?.expiresAtMs);
    return Math.abs(scores.size - before);
  }

  private put(key: string, content: Content, expiresAtMs = Infinity): void {
    this.entries.set(key, { content, expiresAtMs });
  }

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expiresAtMs > this.nowMs()) return entry;
    this.entries.delete(key);
    return undefined;
  }
}
