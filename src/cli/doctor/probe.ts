/**
 * One request, made once and with a limit, told as it went: what the client of the other commands
 * hides by retrying and decoding is what is looked for here.
 */
import { UnreachableError } from '../../errors/drey-error.ts';
import { concealed, secretsOf } from '../../flink/rest/conceal.ts';
import type { RestTarget } from '../../flink/rest/rest-target.ts';
import type { RawBody } from '../../flink/rest/transport.ts';
import type { HttpRequest, HttpResponse, UnreachableReason } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';

export interface ProbeAnswer {
  readonly kind: 'answer';
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Our clock, in the middle between question and answer. */
  readonly atMs: number;
  readonly tookMs: number;
}

export interface NoAnswer {
  readonly kind: 'none';
  readonly reason: UnreachableReason;
  /** Of the socket or of TLS, such as CERT_HAS_EXPIRED. */
  readonly errorCode: string | null;
  readonly message: string;
}

export type Probe = ProbeAnswer | NoAnswer;

export interface ProbeQuestion {
  readonly target: RestTarget;
  readonly path: string;
  readonly timeoutMs: number;
  /** Sent by POST; else it is a GET. */
  readonly body?: RawBody;
}

const CONNECT_MS = 5000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const REDIRECTS_MAX = 3;

/** Follows redirects that stay at the target, as the other commands do. */
export async function probe(platform: Platform, question: ProbeQuestion): Promise<Probe> {
  let url = `${question.target.baseUrl}${question.path}`;
  for (let redirects = 0; ; redirects++) {
    const answer = await probeOnce(platform, question, url);
    const next = answer.kind === 'answer' ? redirectOf(answer) : null;
    const isOwn = next !== null && next.origin === new URL(url).origin;
    if (!isOwn || redirects === REDIRECTS_MAX || question.body !== undefined) return answer;
    url = next.href;
  }
}

/** Where an answer leads; null when it is no redirect. */
export function redirectOf({ url, status, headers }: ProbeAnswer): URL | null {
  const location = headers['location'];
  if (status < 300 || status > 399 || location === undefined) return null;
  return URL.canParse(location, url) ? new URL(location, url) : null;
}

async function probeOnce(
  { clock, http }: Platform,
  question: ProbeQuestion,
  url: string,
): Promise<Probe> {
  const startedAtMs = clock.nowMs();
  const startedMs = clock.monotonicMs();
  try {
    const credentials = (await question.target.credentials?.()) ?? {};
    const response = await http.request(requestOf(question, url, credentials));
    const tookMs = clock.monotonicMs() - startedMs;
    const secrets = secretsOf(credentials);
    return answerOf(url, response, { startedAtMs, tookMs, secrets });
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const { reason, code } = error.details;
    return {
      kind: 'none',
      reason: (reason ?? 'other') as UnreachableReason,
      errorCode: typeof code === 'string' ? code : null,
      message: error.message,
    };
  }
}

interface Circumstances {
  readonly startedAtMs: number;
  readonly tookMs: number;
  /** A server may send back what it got; the answer is shown. */
  readonly secrets: readonly string[];
}

function answerOf(
  url: string,
  { status, headers, body }: HttpResponse,
  { startedAtMs, tookMs, secrets }: Circumstances,
): ProbeAnswer {
  return {
    kind: 'answer',
    url,
    status,
    headers,
    text: concealed(new TextDecoder().decode(body), secrets),
    atMs: startedAtMs + tookMs / 2,
    tookMs,
  };
}

function requestOf(
  { target, timeoutMs, body }: ProbeQuestion,
  url: string,
  credentials: Readonly<Record<string, string>>,
): HttpRequest {
  return {
    method: body === undefined ? 'GET' : 'POST',
    url,
    headers: {
      ...target.headers,
      ...credentials,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': body.contentType }),
    },
    limits: {
      connectMs: Math.min(CONNECT_MS, timeoutMs),
      headersMs: timeoutMs,
      bodyIdleMs: timeoutMs,
      totalMs: timeoutMs,
      bodyBytesMax: BODY_BYTES_MAX,
    },
    ...(body === undefined ? {} : { body: body.content }),
    ...(target.connection === undefined ? {} : { connection: target.connection }),
  };
}
