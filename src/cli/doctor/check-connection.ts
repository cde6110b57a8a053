/**
 * How far a request came: to a name, a port, a TLS connection, an answer. Each step that was passed
 * is told by the one that was not.
 */
import type { RestTarget } from '../../flink/rest/rest-target.ts';
import { formatDuration } from '../../output/humanise.ts';
import type { UnreachableReason } from '../../platform/http.ts';
import { tlsAdvice } from '../../platform/tls-advice.ts';
import { failed, ok, skipped, warning, type Check, type Checked, type CheckName } from './check.ts';
import type { NoAnswer, Probe } from './probe.ts';

export interface Connection {
  readonly target: RestTarget;
  readonly probe: Probe;
  /** What the other scheme gives, where this one gives no sensible answer; null: not tried. */
  readonly otherScheme: 'http' | 'https' | null;
}

export function checkConnection(connection: Connection): Checked {
  const { probe, target } = connection;
  const url = new URL(target.baseUrl);
  if (probe.kind === 'answer') {
    const passed = [...passedBefore('http', target), ok('http', answerText(probe))];
    return { checks: passed, failure: null };
  }
  const at = stepOf(probe.reason);
  const next = nextOf(probe, { url, otherScheme: connection.otherScheme, target });
  const checks = [...passedBefore(at, target), failed(at, plainly(probe.message), next)];
  return { checks, failure: { check: at, code: 'DREY_UNREACHABLE' } };
}

/** True: the port may speak the other one of http and https. */
export function mayBeOtherScheme({ reason, errorCode }: NoAnswer): boolean {
  return reason === 'cut-off' || reason === 'not-http' || isNoTls(errorCode);
}

/** What answers does not speak TLS. */
export function isNoTls(errorCode: string | null): boolean {
  return errorCode === 'EPROTO' || errorCode === 'ERR_SSL_WRONG_VERSION_NUMBER';
}

/** Of OpenSSL's texts only what they say, without where in its sources. */
function plainly(message: string): string {
  return message.replace(/[\dA-F]+:error:[^:]*:[^:]*:[^:]*:([^:]+):[^)]*/, '$1');
}

const STEPS = ['dns', 'tcp', 'tls', 'http'] as const satisfies readonly CheckName[];
type Step = (typeof STEPS)[number];

function stepOf(reason: UnreachableReason): Step {
  switch (reason) {
    case 'unknown-host':
    case 'invalid-url':
      return 'dns';
    case 'refused':
    case 'connect-timeout':
      return 'tcp';
    case 'tls':
      return 'tls';
    case 'headers-timeout':
    case 'body-timeout':
    case 'total-timeout':
    case 'too-large':
    case 'cut-off':
    case 'not-http':
    case 'no-time-left':
    case 'other':
      return 'http';
    case 'proxy':
      return 'tcp';
  }
}

function passedBefore(step: Step, target: RestTarget): readonly Check[] {
  return STEPS.slice(0, STEPS.indexOf(step)).map((name) => passed(name, target));
}

function passed(step: Step, { baseUrl, connection }: RestTarget): Check {
  const { hostname, port, protocol } = new URL(baseUrl);
  const isSecure = protocol === 'https:';
  switch (step) {
    case 'dns':
      if (connection?.proxyUrl !== undefined) return skipped('dns', 'the proxy resolves the name');
      return isAddress(hostname)
        ? skipped('dns', `${hostname} is an address, no name`)
        : ok('dns', `${hostname} has an address`);
    case 'tcp':
      return ok('tcp', `port ${port === '' ? (isSecure ? '443' : '80') : port} takes connections`);
    case 'tls':
      if (!isSecure) return skipped('tls', 'the address is http: nothing is encrypted');
      return connection?.verifiesPeer === false
        ? warning(
            'tls',
            'encrypted, but the certificate of the server is not verified, as the context says',
            'Name its authority in the context and verify it again.',
          )
        : ok('tls', 'the certificate of the server is valid and trusted');
    case 'http':
      return ok('http', 'it answers');
  }
}

function isAddress(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
}

function answerText({ status, tookMs }: Extract<Probe, { kind: 'answer' }>): string {
  return `answers with ${status} after ${formatDuration(tookMs)}`;
}

interface Circumstances {
  readonly url: URL;
  readonly otherScheme: Connection['otherScheme'];
  readonly target: RestTarget;
}

function nextOf(probe: NoAnswer, { url, otherScheme, target }: Circumstances): string {
  if (otherScheme !== null) {
    return `The port speaks ${otherScheme}: use ${otherScheme}://${url.host}${url.pathname.replace(/\/$/, '')}.`;
  }
  if (target.connection?.proxyUrl !== undefined && stepOf(probe.reason) === 'tcp') {
    return 'Check the address of the proxy in the context, and whether the proxy reaches the cluster.';
  }
  switch (probe.reason) {
    case 'unknown-host':
      return 'Check the spelling of the host, and whether you need a VPN or a port forward (kubectl port-forward) to see it.';
    case 'refused':
      return `Nothing listens there. Check the port (Flink: rest.port, 8081 by default), that the JobManager runs, and rest.bind-address when it is on another machine.`;
    case 'connect-timeout':
      return 'Nothing comes back: most often a firewall or security group, or the VPN is off.';
    case 'tls':
      return tlsAdvice(probe.errorCode);
    case 'headers-timeout':
    case 'total-timeout':
    case 'body-timeout':
      return 'Something listens, but does not answer in time: is it Flink, and is its JobManager overloaded or in a long garbage collection? More time: --timeout 60s.';
    case 'cut-off':
    case 'not-http':
      return 'Something listens there that is no web server. Port 6123 is for Flink itself; the REST API is on 8081 by default.';
    case 'too-large':
      return 'The answer is far larger than that of Flink: check the address.';
    case 'proxy':
    case 'invalid-url':
    case 'no-time-left':
    case 'other':
      return 'Read the reason in the detail; --debug shows all of it.';
  }
}
