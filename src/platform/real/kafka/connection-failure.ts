/**
 * Why a connection to a broker failed: what sockets and TLS report, as a reason to decide by and
 * words that a person can act on.
 */
import type { KafkaConnectionFailure } from '../../kafka-error.ts';
import { tlsAdvice } from '../../tls-advice.ts';

export interface ConnectionFailure {
  readonly reason: KafkaConnectionFailure;
  readonly detail: string | null;
}

/** Before `connected`, with TLS its handshake included, nothing can have been asked. */
export type ConnectionStage = 'connecting' | 'connected';

export interface FailedSocket {
  readonly stage: ConnectionStage;
  readonly isTls: boolean;
  readonly host: string;
  /** Nobody has logged in, and nothing has been answered that needs a login. */
  readonly mayLackLogin: boolean;
}

/** `error`: of the socket. */
export function socketFailure(error: unknown, at: FailedSocket): ConnectionFailure {
  // Of the attempts on each address of a name, the first says it.
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  const code = codeOf(cause);
  const said = cause instanceof Error ? cause.message : String(cause);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: 'unreachable', detail: `the name ${at.host} is not known here (${code})` };
    case 'ECONNREFUSED':
      return { reason: 'unreachable', detail: 'nobody listens there (ECONNREFUSED)' };
    case 'ETIMEDOUT':
      return { reason: 'timeout', detail: 'no sign of life (ETIMEDOUT)' };
    case 'ECONNRESET':
    case 'EPIPE':
      return broken(code, at);
    default:
      if (isOfTls(code)) return { reason: 'tls', detail: `${said}. ${tlsAdvice(code)}` };
      return { reason: at.stage === 'connecting' ? 'unreachable' : 'cut-off', detail: said };
  }
}

/** The other side has closed the connection in good order. */
export function closedByServer(at: FailedSocket): ConnectionFailure {
  return at.stage === 'connecting'
    ? broken('EOF', at)
    : { reason: 'cut-off', detail: `the broker closed the connection${loginAdvice(at)}` };
}

/** A broker that wants a login hangs up on those who ask without. */
function loginAdvice({ mayLackLogin }: FailedSocket): string {
  return mayLackLogin ? '; it may want a login (security.protocol SASL_...)' : '';
}

function broken(code: string, at: FailedSocket): ConnectionFailure {
  const { stage, isTls } = at;
  if (stage === 'connected') {
    return { reason: 'cut-off', detail: `connection lost (${code})${loginAdvice(at)}` };
  }
  return isTls
    ? {
        reason: 'tls',
        detail: `it broke off the TLS handshake (${code}): the port may not speak TLS, or want a certificate from us`,
      }
    : { reason: 'unreachable', detail: `connection refused (${code})` };
}

function isOfTls(code: string | null): boolean {
  return (
    code !== null &&
    (code === 'EPROTO' ||
      code.startsWith('ERR_TLS') ||
      code.startsWith('ERR_SSL') ||
      code.startsWith('ERR_OSSL') ||
      code.startsWith('CERT_') ||
      code.includes('SELF_SIGNED') ||
      code.startsWith('UNABLE_TO_'))
  );
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
