/**
 * Whether a SQL Gateway answers: the one that was named, else that of the default port beside the
 * cluster. Only `drey sql` needs it, so its absence is no failure where nobody named one.
 */
import { normaliseBaseUrl, type RestTarget } from '../../flink/rest/rest-target.ts';
import type { Platform } from '../../platform/platform.ts';
import { failed, ok, skipped, warning, type Checked } from './check.ts';
import { gatewayVersionOf } from './identify.ts';
import { probe, type Probe } from './probe.ts';

/** Flink's default for sql-gateway.endpoint.rest.port. */
const DEFAULT_PORT = 8083;
/** A guess is not worth more. */
const GUESS_TIMEOUT_MS = 2000;

export interface GatewayQuestion {
  readonly cluster: RestTarget;
  /** Null: nobody named one. */
  readonly gateway: RestTarget | null;
  readonly clusterVersion: string | null;
  readonly timeoutMs: number;
}

export async function checkGateway(
  platform: Platform,
  question: GatewayQuestion,
): Promise<Checked> {
  const { gateway, cluster, clusterVersion } = question;
  if (gateway !== null) {
    const { timeoutMs } = question;
    const answer = await probe(platform, { target: gateway, path: '/v1/info', timeoutMs });
    return judgeNamed(answer, gateway.baseUrl, clusterVersion);
  }
  const guess = guessOf(cluster);
  const timeoutMs = Math.min(GUESS_TIMEOUT_MS, question.timeoutMs);
  const answer = await probe(platform, { target: guess, path: '/v1/info', timeoutMs });
  return judgeGuess(answer, guess.baseUrl);
}

/** Without credentials: they belong to the cluster. */
function guessOf({ baseUrl, connection }: RestTarget): RestTarget {
  const url = new URL(baseUrl);
  url.port = String(DEFAULT_PORT);
  url.pathname = '';
  const target = { baseUrl: normaliseBaseUrl(url.href) ?? url.origin };
  return connection === undefined ? target : { ...target, connection };
}

function judgeNamed(answer: Probe, url: string, clusterVersion: string | null): Checked {
  if (answer.kind === 'none') {
    const next = 'Check --gateway, DREY_SQL_GATEWAY or the context, and that the gateway runs.';
    const checks = [failed('sql-gateway', answer.message, next)];
    return { checks, failure: { check: 'sql-gateway', code: 'DREY_UNREACHABLE' } };
  }
  const version = gatewayVersionOf(answer);
  if (version === null) {
    const detail = `${url} answers with ${answer.status}, and is no SQL Gateway`;
    const next = 'Check the address: a gateway listens on 8083 by default, the cluster on 8081.';
    const checks = [failed('sql-gateway', detail, next)];
    return { checks, failure: { check: 'sql-gateway', code: 'DREY_FLINK_ANSWER' } };
  }
  if (clusterVersion !== null && version !== clusterVersion) {
    const detail = `${url} is of Flink ${version}, the cluster of ${clusterVersion}`;
    const next = 'Jobs of a gateway of another version may fail to start: use the same for both.';
    return { checks: [warning('sql-gateway', detail, next)], failure: null };
  }
  return { checks: [ok('sql-gateway', `${url}, Flink ${version}`)], failure: null };
}

function judgeGuess(answer: Probe, url: string): Checked {
  const version = answer.kind === 'answer' ? gatewayVersionOf(answer) : null;
  const check =
    version === null
      ? skipped('sql-gateway', `none is named, and none is at ${url}; only drey sql needs one`)
      : ok('sql-gateway', `none is named, but one of Flink ${version} is at ${url}`);
  return { checks: [check], failure: null };
}
