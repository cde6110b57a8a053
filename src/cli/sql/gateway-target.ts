/**
 * Where the SQL Gateway is: as it was said, else at Flink's default port on the host of the REST
 * address. To such a guess no credentials are sent.
 */
import {
  RefusedError,
  UnreachableError,
  UsageError,
  type DreyError,
} from '../../errors/drey-error.ts';
import { normaliseBaseUrl, type RestTarget } from '../../flink/rest/rest-target.ts';
import type { ClusterTarget } from '../context/resolve-cluster.ts';

/** sql-gateway.endpoint.rest.port. */
const DEFAULT_PORT = '8083';

export interface GatewayTarget {
  readonly rest: RestTarget;
  readonly isGuess: boolean;
}

export function gatewayTarget({ rest, gateway }: ClusterTarget): GatewayTarget {
  if (gateway !== null) return { rest: { ...gateway, ...baseUrlOf(gateway) }, isGuess: false };
  const url = new URL(rest.baseUrl);
  url.port = DEFAULT_PORT;
  const { connection } = rest;
  return {
    rest: { baseUrl: url.origin, ...(connection === undefined ? {} : { connection }) },
    isGuess: true,
  };
}

function baseUrlOf({ baseUrl }: RestTarget): Pick<RestTarget, 'baseUrl'> {
  const normal = normaliseBaseUrl(baseUrl);
  if (normal !== null) return { baseUrl: normal };
  const message = `the address of the SQL Gateway is ${JSON.stringify(baseUrl)} and no http or https URL`;
  throw new UsageError('DREY_USAGE', message, {
    hint: 'Write it as --gateway http://flink.example:8083.',
  });
}

/** An error of the first request says which address was tried, and why this one. */
export function explainedGuess(error: unknown, { rest, isGuess }: GatewayTarget): unknown {
  if (!isGuess || !(error instanceof UnreachableError || error instanceof RefusedError)) {
    return error;
  }
  const options = {
    hint: hintFor(rest, error),
    retry: error.retry,
    details: error.details,
    cause: error,
  };
  return error instanceof UnreachableError
    ? new UnreachableError(error.code, error.message, options)
    : new RefusedError(error.code, error.message, options);
}

function hintFor({ baseUrl }: RestTarget, { hint }: DreyError): string {
  const guess = `Nobody said where the SQL Gateway is, so ${baseUrl} was tried, Flink's default port on the host of the REST address.`;
  const advice =
    'Name it with --gateway or DREY_SQL_GATEWAY, or start one with bin/sql-gateway.sh start.';
  return hint === undefined ? `${guess} ${advice}` : `${guess} ${advice} ${hint}`;
}
