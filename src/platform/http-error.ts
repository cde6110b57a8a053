/**
 * Why a request has no answer: sorts what sockets, TLS and the HTTP parser report into reasons
 * that a person can act on.
 */
import { durationText } from '../errors/duration-text.ts';
import { errorCodes } from '../errors/codes.ts';
import { UnreachableError } from '../errors/drey-error.ts';
import type { HttpRequest, UnreachableReason } from './http.ts';
import { tlsAdvice } from './tls-advice.ts';

const reasons: Readonly<Record<string, UnreachableReason>> = {
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  ECONNREFUSED: 'refused',
  ENOENT: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_HEADERS_TIMEOUT: 'headers-timeout',
  UND_ERR_BODY_TIMEOUT: 'body-timeout',
  UND_ERR_SOCKET: 'cut-off',
  ECONNRESET: 'cut-off',
  EPIPE: 'cut-off',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cut-off',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
};

/** The UnreachableError for `error`; an error that is one already is returned as it is. */
export function unreachable(
  request: HttpRequest,
  error: unknown,
  knownReason?: UnreachableReason,
): UnreachableError {
  if (error instanceof UnreachableError) return error;
  const cause = rootOf(error);
  const proxyStatus = proxyStatusOf(cause);
  const reason = knownReason ?? (proxyStatus === null ? reasonOf(error) : 'proxy');
  const host = hostOf(request.url);
  const proxy = request.connection?.proxyUrl;
  const through = proxy === undefined ? '' : ` through the proxy ${hostOf(proxy)}`;
  const said = proxyStatus === null ? ownWords(cause) : ` (HTTP ${proxyStatus})`;
  return new UnreachableError(
    'DREY_UNREACHABLE',
    `${BEGUN.has(reason) ? 'no usable answer' : 'no answer'} from ${host}${through}: ${describe(reason, request)}${said}`,
    {
      hint: hintOf(reason, { code: codeOf(cause), proxyStatus, request }),
      retry: mayPass(reason, proxyStatus) ? 'later' : 'never',
      details: {
        host,
        reason,
        method: request.method,
        code: codeOf(cause) ?? null,
        ...(proxy === undefined ? {} : { proxy: hostOf(proxy) }),
        ...(proxyStatus === null ? {} : { proxyStatus }),
      },
      ...(error === null ? {} : { cause: error }),
    },
  );
}

/** Of an address without user, password and path. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** What a proxy answered that opens no tunnel, in undici's words; null for all other errors. */
function proxyStatusOf(cause: unknown): number | null {
  if (!(cause instanceof Error)) return null;
  const match = /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((407)\)/.exec(
    cause.message,
  );
  return match === null ? null : Number(match[1] ?? match[2]);
}

function mayPass(reason: UnreachableReason, proxyStatus: number | null): boolean {
  if (reason === 'proxy') return (proxyStatus ?? 0) >= 500;
  return reason !== 'invalid-url' && reason !== 'tls';
}

interface Known {
  readonly code: string | undefined;
  readonly proxyStatus: number | null;
  readonly request: HttpRequest;
}

function hintOf(reason: UnreachableReason, { code, proxyStatus, request }: Known): string {
  const { url, connection } = request;
  const proxy = connection?.proxyUrl;
  if (reason === 'too-large') {
    return 'That is more than any list of a healthy cluster: ask for one thing of it by its id, or look at what the server sends there.';
  }
  if (reason === 'tls') return tlsAdvice(code ?? null);
  if (reason === 'cut-off' && url.startsWith('https:')) {
    const own = connection?.certificate === undefined ? 'one from us' : 'another one from us';
    return `Servers that want a certificate break off like this, too: perhaps it wants ${own} (mTLS).`;
  }
  if (proxyStatus === 407) {
    return 'The proxy wants user and password: proxy: {url, user, password: {env: NAME}} in the context.';
  }
  if (reason === 'proxy') {
    return 'The proxy does not lead there: ask for the rule, or use a context without the proxy.';
  }
  return proxy !== undefined && (reason === 'refused' || reason === 'connect-timeout')
    ? `Check the address of the proxy, ${hostOf(proxy)}, and whether it reaches the cluster.`
    : errorCodes.DREY_UNREACHABLE.next;
}

/** The other side has said something. */
const BEGUN: ReadonlySet<UnreachableReason> = new Set(['body-timeout', 'too-large', 'not-http']);

function describe(reason: UnreachableReason, request: HttpRequest): string {
  const { limits } = request;
  const totalMs = limits.totalMs ?? Infinity;
  switch (reason) {
    case 'invalid-url':
      return 'its address is not an http or https URL';
    case 'unknown-host':
      return 'the name cannot be resolved';
    case 'refused':
      return 'the connection was refused';
    case 'connect-timeout':
      return `no connection within ${durationText(Math.min(limits.connectMs, totalMs))}`;
    case 'headers-timeout':
      return `connected, but no answer began within ${durationText(limits.headersMs)}`;
    case 'body-timeout':
      return `the answer stalled for ${durationText(limits.bodyIdleMs)}`;
    case 'total-timeout':
      return `no complete answer within ${durationText(totalMs)}`;
    case 'too-large':
      return `the answer is larger than ${limits.bodyBytesMax} bytes`;
    case 'cut-off':
      return 'the connection broke before the answer was complete';
    case 'tls':
      return 'the TLS connection failed';
    case 'not-http':
      return 'what answers there does not speak HTTP';
    case 'proxy':
      return 'the proxy refuses the way to it';
    case 'no-time-left':
      return 'the time was over before it was sent';
    case 'other':
      return 'the request failed';
  }
}

/** Our own timers say only that they are our own. */
function ownWords(cause: unknown): string {
  const saysMore = cause instanceof Error && cause.message !== '' && cause.name !== 'TimeoutError';
  return saysMore ? ` (${cause.message})` : '';
}

function reasonOf(error: unknown): UnreachableReason {
  const root = rootOf(error);
  const code = codeOf(root);
  // undici's parser errors; most of them have no code.
  if (root instanceof Error && root.name === 'HTTPParserError') {
    return code === 'HPE_INVALID_EOF_STATE' ? 'cut-off' : 'not-http';
  }
  // Of AbortSignal.timeout.
  if (root instanceof Error && root.name === 'TimeoutError') return 'total-timeout';
  if (code === undefined) return 'other';
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.startsWith('CERT_')) {
    return 'tls';
  }
  return reasons[code] ?? 'other';
}

/** Several addresses were tried: their errors come as one; the first says it. */
function rootOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
