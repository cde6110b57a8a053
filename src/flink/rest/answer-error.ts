/**
 * An answer that is none -> the error that says whose answer it is, what the cluster said and what
 * to do. Who refuses (the cluster, a proxy, something that is no Flink) is told by the status and
 * by whether the body has Flink's form of an error.
 */
import {
  RefusedError,
  UnreachableError,
  type DreyError,
  type DreyErrorOptions,
} from '../../errors/drey-error.ts';
import { parseHttpDate } from '../../platform/http-date.ts';
import { decodeErrors, type FailureCause } from '../model/failure-cause.ts';
import { parseLosslessJson } from '../model/lossless-json.ts';

/** What was asked. */
export interface Asked {
  readonly method: string;
  /** Host and port, for people. */
  readonly host: string;
  /** Path without its query. */
  readonly endpoint: string;
  /** What we said who we are, for people; null: nothing. */
  readonly identity: string | null;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Of an answer whose status is not 2xx. */
export function answerError(asked: Asked, answer: PlainAnswer, nowMs: number): DreyError {
  const { status } = answer;
  const cause = flinkCauseOf(answer.text);
  const evidence = {
    host: asked.host,
    endpoint: `${asked.method} ${asked.endpoint}`,
    status,
    ...(cause === null
      ? {}
      : { exception: cause.exception, reasons: cause.chain.slice(-REASONS_MAX) }),
  };
  const options = { details: evidence } satisfies DreyErrorOptions;
  const said = cause === null ? `HTTP ${status}` : `${shortened(cause.message)} (HTTP ${status})`;
  const message = `${describeAsked(asked)}: ${said}`;
  if (status === 401 || status === 403) {
    return new RefusedError('DREY_FLINK_UNAUTHORIZED', message, {
      ...options,
      hint: whoHint(status, asked.identity),
    });
  }
  if (status === 407) {
    const hint =
      'Give the proxy of the context user and password; drey context show has its place.';
    return new RefusedError(
      'DREY_FLINK_UNAUTHORIZED',
      `${message}: the proxy asks for credentials`,
      {
        ...options,
        hint,
      },
    );
  }
  if (isUnavailable(status, cause)) {
    const retryAfterMs = retryAfterMsOf(answer.headers['retry-after'], nowMs);
    return new UnreachableError('DREY_FLINK_UNAVAILABLE', message, {
      retry: 'later',
      details: {
        ...evidence,
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
        ...(isSentBack(status, answer.text) ? { isSentBack: true } : {}),
      },
    });
  }
  // As Flink: without a body.
  if (status === 413) {
    return new RefusedError(
      'DREY_FLINK_REFUSED',
      `${message}: the request is too large for the server`,
      {
        ...options,
        hint: 'Raise rest.server.max-content-length of the cluster, or the limit of the proxy.',
      },
    );
  }
  if (cause === null) {
    return new UnreachableError(
      'DREY_FLINK_ANSWER',
      `${message}, and not in the form of a Flink error`,
      options,
    );
  }
  if (status === 404) {
    const hint = isNoEndpoint(cause) ? { hint: NO_ENDPOINT } : {};
    return new RefusedError('DREY_FLINK_NOT_FOUND', message, { ...options, ...hint });
  }
  // An inner error may pass, such as a JobManager that is just being asked to start.
  if (status >= 500)
    return new RefusedError('DREY_FLINK_FAILED', message, { ...options, retry: 'later' });
  return new RefusedError('DREY_FLINK_REFUSED', message, options);
}

/** A good status with a body that is not what the endpoint gives. */
export function unreadable(asked: Asked, status: number, reason: string): UnreachableError {
  return new UnreachableError('DREY_FLINK_ANSWER', `${describeAsked(asked)}: ${reason}`, {
    details: { host: asked.host, endpoint: `${asked.method} ${asked.endpoint}`, status },
  });
}

export function redirected(asked: Asked, status: number, reason: string): UnreachableError {
  return new UnreachableError('DREY_FLINK_REDIRECT', `${describeAsked(asked)}: ${reason}`, {
    details: { host: asked.host, endpoint: `${asked.method} ${asked.endpoint}`, status },
  });
}

export function describeAsked({ method, host, endpoint }: Asked): string {
  return `${method} ${endpoint} on ${host}`;
}

/** 401: nobody knows us; 403: known, but not allowed. */
function whoHint(status: number, identity: string | null): string {
  if (identity === null) {
    return 'No credentials were sent: set DREY_TOKEN, or give the context credentials (drey context add --token-env NAME, or --user).';
  }
  const advice =
    status === 401
      ? 'it may be wrong or over; what gives it is in drey context show'
      : 'the server knows it and does not allow this: ask for the right, or use another context';
  return `Sent was ${identity}: ${advice}.`;
}

const MESSAGE_CHARACTERS_MAX = 600;
const REASONS_MAX = 10;

const NO_ENDPOINT =
  'The server has no such endpoint: check that the address is that of the REST API, with its path, and not of the SQL Gateway; drey doctor looks.';

/** Flink's texts for a path that nothing is bound to. */
function isNoEndpoint({ message }: FailureCause): boolean {
  return /^(Not found: |Unable to load requested file )/.test(message);
}

function isUnavailable(status: number, cause: FailureCause | null): boolean {
  if (status === 429 || status === 502 || status === 503 || status === 504) return true;
  // Not Flink's: something before it failed.
  return status >= 500 && cause === null;
}

/** Nobody has worked on the request: too many of them, or no JobManager leads. */
function isSentBack(status: number, text: string): boolean {
  return status === 429 || (status === 503 && LEADER_ELECTION.test(text));
}

/** In Flink's words; a 503 in other words may come from a proxy that lost the answer. */
const LEADER_ELECTION =
  /leader election|leader is not|not available yet|Could not find the leader/i;

function flinkCauseOf(text: string): FailureCause | null {
  // Anything else is a page of a proxy.
  if (!/^\s*\{/.test(text)) return null;
  try {
    return decodeErrors(parseLosslessJson(text));
  } catch {
    // Cut off or broken: it says nothing about the reason, and the status stands.
    return null;
  }
}

function retryAfterMsOf(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const atMs = parseHttpDate(header);
  return atMs === null ? null : Math.max(0, atMs - nowMs);
}

function shortened(text: string): string {
  return text.length > MESSAGE_CHARACTERS_MAX
    ? `${text.slice(0, MESSAGE_CHARACTERS_MAX)}...`
    : text;
}
