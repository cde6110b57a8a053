/**
 * Requests to one REST interface: limits, credentials, redirects, retries, and answers decoded or
 * turned into errors. Invariants: credentials go to the target's origin only; a request that
 * changes something is sent once, unless it cannot have arrived.
 */
import { UnreachableError } from '../../errors/drey-error.ts';
import type { Clock } from '../../platform/clock.ts';
import type {
  Http,
  HttpLimits,
  HttpRequest,
  HttpResponse,
  HttpStream,
  HttpUpload,
} from '../../platform/http.ts';
import type { Random } from '../../platform/random.ts';
import type { Timers } from '../../platform/timers.ts';
import { mismatch } from '../model/fields.ts';
import { parseLosslessJson } from '../model/lossless-json.ts';
import { answerError, redirected, unreadable, type Asked } from './answer-error.ts';
import { concealed, secretsOf } from './conceal.ts';
import { cutOff, noTimeLeft, tried, withEndpoint } from './failed-request.ts';
import type { RestPath } from './paths.ts';
import type { RestTarget } from './rest-target.ts';
import {
  isFailureInside,
  mayRepeatChange,
  mayRepeatRead,
  reasonOf,
  RETRY_BUDGET_MS,
  statusOf,
  waitBeforeRetry,
} from './retry.ts';

export interface RestWorld {
  readonly http: Http;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/** A request will be repeated; for those who want to say so. */
export interface RetryNotice {
  readonly error: unknown;
  readonly waitMs: number;
}

export interface TransportOptions {
  /** All tries of one request together; at most RETRY_BUDGET_MS unless a call says otherwise. */
  readonly budgetMs?: number;
  /** All requests together, until `restartTotal`. What is begun then has GRACE_MS to be told. */
  readonly totalMs?: number;
  readonly onRetry?: (notice: RetryNotice) => void;
}

export interface CallOptions {
  /** All tries together. */
  readonly budgetMs?: number;
  /** Where an answer may be larger than lists of things are, or is always small. */
  readonly bodyBytesMax?: number;
  /** From the request's end to the answer's headers, where the server works long before it. */
  readonly headersMs?: number;
  /** A failure inside (500) is the answer, as of a statement that failed: not asked again. */
  readonly isFailureFinal?: boolean;
  /** Not sent again whatever comes, as of what tidies up. */
  readonly isTriedOnce?: boolean;
  /** In place of `parseLosslessJson`; throws DREY_FLINK_ANSWER. */
  readonly parse?: (text: string) => unknown;
}

export type ChangeMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A body that is sent as it is, with its content type. */
export interface RawBody {
  readonly contentType: string;
  readonly content: Uint8Array | HttpUpload;
}

const CONNECT_MS = 5000;
const HEADERS_MS = 30_000;
/** Tries to reach an address that has not answered yet end after this. */
const NOBODY_THERE_MS = 4000;
const BODY_IDLE_MS = 30_000;
/** A list of 40,000 jobs. Each byte of an answer takes nine of memory once it is shown. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** For answers of a fixed form, which are a few hundred bytes. */
export const SMALL_BODY: CallOptions = { bodyBytesMax: 1024 * 1024 };
/** After the whole time is over: to find out what became of a request whose answer was lost. */
export const GRACE_MS = 1500;
/** With less time left a request is not begun for the time, but for the grace. */
const LITTLE_MS = 200;
const REDIRECTS_MAX = 3;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class Transport {
  readonly target: RestTarget;
  private readonly world: RestWorld;
  private readonly options: TransportOptions;
  private readonly host: string;
  private hasAnswered = false;
  private endsAtMs = Infinity;
  private readonly secrets = new Set<string>();
  /** As they were sent last; null: none yet. */
  private sentCredentials: Readonly<Record<string, string>> | null = null;

  constructor(target: RestTarget, world: RestWorld, options: TransportOptions = {}) {
    this.target = target;
    this.world = world;
    this.options = options;
    this.host = new URL(target.baseUrl).host;
    this.restartTotal();
  }

  /** The whole time begins anew; for those who ask again and again. */
  restartTotal(): void {
    this.endsAtMs = this.world.clock.monotonicMs() + (this.options.totalMs ?? Infinity);
  }

  /** Of the whole time, without the grace. */
  remainingMs(): number {
    return Math.max(0, this.endsAtMs - this.world.clock.monotonicMs());
  }

  /** GET, repeated while the failure may pass; `decode` throws for what it cannot read. */
  async read<T>(
    path: RestPath,
    decode: (answer: unknown) => T,
    call: CallOptions = {},
  ): Promise<T> {
    const asked = this.asked('GET', path);
    const mayRepeat = (error: unknown): boolean =>
      mayRepeatRead(error) && !(call.isFailureFinal === true && isFailureInside(error));
    return this.repeated(asked, { call, mayRepeat }, async (remainingMs) => {
      const response = plain(asked, await this.follow(path, this.limits(call, remainingMs)));
      return this.decoded(asked, response, decode, call.parse);
    });
  }

  /** GET of a body that may be long. */
  async readStream(path: RestPath, call: CallOptions = {}): Promise<HttpStream> {
    const asked = this.asked('GET', path);
    return this.repeated(asked, { call, mayRepeat: mayRepeatRead }, async (remainingMs) => {
      const limits = this.limits(call, remainingMs);
      const stream = await this.world.http.stream(await this.request('GET', path, limits));
      const chunks = this.inTime(asked, stream.chunks, this.endOf());
      if (stream.status >= 200 && stream.status < 300) return { ...plain(asked, stream), chunks };
      const text = concealed(await textOf(chunks), this.secrets);
      throw answerError(asked, { ...stream, text }, this.world.clock.nowMs());
    });
  }

  /** Sends what changes something; repeated only when it cannot have arrived. */
  async change<T>(
    method: ChangeMethod,
    path: RestPath,
    {
      body,
      decode,
      ...call
    }: { body?: object | RawBody; decode: (answer: unknown) => T } & CallOptions,
  ): Promise<T> {
    const asked = this.asked(method, path);
    return this.repeated(asked, { call, mayRepeat: mayRepeatChange }, async (remainingMs) => {
      const request = await this.request(method, path, this.limits(call, remainingMs), body);
      const response = plain(asked, this.checked(asked, await this.world.http.request(request)));
      return this.decoded(asked, response, decode);
    });
  }

  /** Pauses; for those who poll with this transport. */
  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.timers.after(delayMs, resolve);
    });
  }

  monotonicMs(): number {
    return this.world.clock.monotonicMs();
  }

  randomBytes(count: number): Uint8Array {
    return this.world.random.bytes(count);
  }

  private async repeated<T>(
    asked: Asked,
    { call, mayRepeat }: { call: CallOptions; mayRepeat: (error: unknown) => boolean },
    attempt: (remainingMs: number) => Promise<T>,
  ): Promise<T> {
    const { clock, random } = this.world;
    const startMs = clock.monotonicMs();
    const ownMs = call.budgetMs ?? this.options.budgetMs ?? RETRY_BUDGET_MS;
    const budgetMs = Math.min(ownMs, this.endOf() - startMs);
    if (budgetMs <= 0) throw noTimeLeft(asked);
    let before: unknown = null;
    let isRenewed = false;
    for (let tries = 1; ; tries++) {
      try {
        const result = await attempt(Math.max(1, startMs + budgetMs - clock.monotonicMs()));
        this.hasAnswered = true;
        return result;
      } catch (caught) {
        // That the time was over at last says less than what was answered before.
        const isLate = before !== null && reasonOf(caught) === 'total-timeout';
        const error = isLate ? before : withEndpoint(asked, caught);
        before = error;
        // Who is not known has changed nothing, so this holds for changes, too.
        if (statusOf(error) === 401 && !isRenewed) {
          isRenewed = true;
          if (await this.hasNewCredentials()) continue;
        }
        const limitMs = this.isNobodyThere(error) ? Math.min(budgetMs, NOBODY_THERE_MS) : budgetMs;
        const remainingMs = startMs + limitMs - clock.monotonicMs();
        const attempted = { error, tries, remainingMs, random: random.next() };
        const waitMs = call.isTriedOnce === true ? null : waitBeforeRetry(attempted, mayRepeat);
        if (waitMs === null) throw tried(error, tries);
        this.options.onRetry?.({ error, waitMs });
        await this.pause(waitMs);
      }
    }
  }

  /** A token may end during a command that takes hours. */
  private async hasNewCredentials(): Promise<boolean> {
    const sent = this.sentCredentials;
    const renewed = await this.target.credentials?.(true);
    return renewed !== undefined && JSON.stringify(renewed) !== JSON.stringify(sent);
  }

  /** When whatever begins now must be over. */
  private endOf(): number {
    const isInTime = this.world.clock.monotonicMs() + LITTLE_MS < this.endsAtMs;
    return isInTime ? this.endsAtMs : this.endsAtMs + GRACE_MS;
  }

  /** A wrong address is more likely than a cluster that starts just now. */
  private isNobodyThere(error: unknown): boolean {
    if (this.hasAnswered || this.options.budgetMs !== undefined) return false;
    const reason = reasonOf(error);
    return reason === 'refused' || reason === 'connect-timeout';
  }

  /** Follows redirects that stay at the target. */
  private async follow(path: RestPath, limits: HttpLimits): Promise<HttpResponse> {
    const asked = this.asked('GET', path);
    let request = await this.request('GET', path, limits);
    for (let redirects = 0; ; redirects++) {
      const response = await this.world.http.request(request);
      const location = response.headers['location'];
      if (!REDIRECT_STATUSES.has(response.status) || location === undefined) {
        return this.checked(asked, response);
      }
      if (redirects === REDIRECTS_MAX) {
        throw redirected(asked, response.status, `redirected more than ${REDIRECTS_MAX} times`);
      }
      const next = URL.canParse(location, request.url) ? new URL(location, request.url) : null;
      if (next === null || next.origin !== new URL(this.target.baseUrl).origin) {
        const to = next === null ? 'an address that is none' : next.origin;
        throw redirected(asked, response.status, `redirected to ${to}, which is another server`);
      }
      request = { ...request, url: next.href };
    }
  }

  private checked(asked: Asked, response: HttpResponse): HttpResponse {
    const { status } = response;
    if (status >= 200 && status < 300) return response;
    const location = response.headers['location'];
    if (REDIRECT_STATUSES.has(status) && location !== undefined) {
      const to = URL.canParse(location, this.target.baseUrl)
        ? new URL(location, this.target.baseUrl).origin
        : 'an address that is none';
      throw redirected(asked, status, `redirected to ${to}; a change is sent to no other address`);
    }
    const text = concealed(new TextDecoder().decode(response.body), this.secrets);
    throw answerError(asked, { ...response, text }, this.world.clock.nowMs());
  }

  private decoded<T>(
    asked: Asked,
    response: HttpResponse,
    decode: (answer: unknown) => T,
    parse: (text: string) => unknown = parseLosslessJson,
  ): T {
    // Strips a byte order mark; bytes that are no UTF-8 become replacement characters.
    const text = concealed(new TextDecoder().decode(response.body), this.secrets);
    try {
      const answer = text.trim() === '' ? undefined : parse(text);
      // As Flink's own client: such an answer is an error whatever its status.
      if (Object.keys(Object(answer)).join() === 'errors') throw mismatch('it is an error');
      return decode(answer);
    } catch (error) {
      if (!(error instanceof UnreachableError) || error.code !== 'DREY_FLINK_ANSWER') throw error;
      throw unreadable(asked, response.status, describeUnreadable(error.message, text));
    }
  }

  /** A body may come so slowly that it never ends, without ever pausing for long. */
  private async *inTime(
    asked: Asked,
    chunks: AsyncIterable<Uint8Array>,
    endsAtMs: number,
  ): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of chunks) {
        yield chunk;
        if (this.world.clock.monotonicMs() > endsAtMs) throw cutOff(asked);
      }
    } catch (error) {
      throw withEndpoint(asked, error);
    }
  }

  private async request(
    method: HttpRequest['method'],
    path: RestPath,
    limits: HttpLimits,
    body?: object | RawBody,
  ): Promise<HttpRequest> {
    const credentials = (await this.target.credentials?.()) ?? {};
    this.sentCredentials = credentials;
    for (const secret of secretsOf(credentials)) this.secrets.add(secret);
    const sent = body === undefined ? null : rawBodyOf(body);
    return {
      method,
      url: `${this.target.baseUrl}${path}`,
      headers: {
        ...this.target.headers,
        ...credentials,
        accept: 'application/json',
        ...(sent === null ? {} : { 'content-type': sent.contentType }),
      },
      limits,
      ...(sent === null ? {} : { body: sent.content }),
      ...(this.target.connection === undefined ? {} : { connection: this.target.connection }),
    };
  }

  private limits(call: CallOptions, remainingMs: number): HttpLimits {
    return {
      // One value for all: connections are shared by it.
      connectMs: CONNECT_MS,
      headersMs: Math.ceil(Math.min(call.headersMs ?? HEADERS_MS, remainingMs)),
      bodyIdleMs: Math.ceil(Math.min(BODY_IDLE_MS, remainingMs)),
      totalMs: Math.ceil(remainingMs),
      bodyBytesMax: call.bodyBytesMax ?? BODY_BYTES_MAX,
    };
  }

  private asked(method: string, path: RestPath): Asked {
    return {
      method,
      host: this.host,
      endpoint: path.split('?')[0] ?? path,
      identity: this.target.identity ?? null,
    };
  }
}

function plain<T extends Pick<HttpResponse, 'status' | 'headers'>>(asked: Asked, response: T): T {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return response;
  const reason = `the answer is compressed (${encoding}), which nobody asked for`;
  throw unreadable(asked, response.status, reason);
}

function rawBodyOf(body: object | RawBody): RawBody {
  if ('contentType' in body && 'content' in body) return body;
  return {
    contentType: 'application/json',
    content: new TextEncoder().encode(JSON.stringify(body)),
  };
}

function describeUnreadable(reason: string, text: string): string {
  return /^\s*</.test(text)
    ? 'the answer is a web page and not JSON'
    : `the answer cannot be read: ${reason}`;
}

const ERROR_BODY_BYTES_MAX = 1024 * 1024;

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const taken: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    taken.push(chunk);
    size += chunk.length;
    if (size > ERROR_BODY_BYTES_MAX) break;
  }
  return new TextDecoder().decode(Buffer.concat(taken));
}
