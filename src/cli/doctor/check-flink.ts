/** Whether it is the REST API of Flink that answers, and if not, what, and where that API may be. */
import type { ClusterConfig } from '../../flink/model/cluster.ts';
import { failed, ok, type Check, type Checked } from './check.ts';
import type { Identity } from './identify.ts';

export interface Whereabouts {
  readonly baseUrl: string;
  /** Address below which the API was found instead; null: nowhere. */
  readonly found: string | null;
  /** Version of a SQL Gateway that answers there; null: none does. */
  readonly gatewayVersion: string | null;
  readonly sendsCredentials: boolean;
}

export interface FlinkChecked extends Checked {
  /** Null when it is not the API. */
  readonly config: ClusterConfig | null;
}

export function checkFlink(identity: Identity, where: Whereabouts): FlinkChecked {
  switch (identity.kind) {
    case 'flink': {
      const { revision } = identity.config;
      const detail = `the REST API of Flink${revision === null ? '' : `, revision ${revision}`}`;
      const checks = [authorized(where), ok('flink', detail)];
      return { checks, failure: null, config: identity.config };
    }
    case 'unauthorized': {
      const checks = [
        failed('authorization', unauthorizedText(identity), unauthorizedNext(identity, where)),
      ];
      const failure = { check: 'authorization', code: 'DREY_FLINK_UNAUTHORIZED' } as const;
      return { checks, failure, config: null };
    }
    case 'unavailable': {
      const checks = [
        authorized(where),
        failed('flink', unavailableText(identity), unavailableNext(identity)),
      ];
      const failure = { check: 'flink', code: 'DREY_FLINK_UNAVAILABLE' } as const;
      return { checks, failure, config: null };
    }
    case 'redirect': {
      const next = `If you trust that address, use it; when it is that of a login page, the proxy before Flink wants credentials: set them in the context.`;
      const checks = [failed('flink', `it sends the request to ${identity.to}`, next)];
      const failure = { check: 'flink', code: 'DREY_FLINK_REDIRECT' } as const;
      return { checks, failure, config: null };
    }
    case 'history-server':
    case 'flink-elsewhere':
    case 'web-page':
    case 'other': {
      const checks = [authorized(where), strangerCheck(identity, where)];
      const failure = { check: 'flink', code: 'DREY_FLINK_ANSWER' } as const;
      return { checks, failure, config: null };
    }
  }
}

type Stranger = Extract<
  Identity,
  { kind: 'history-server' | 'flink-elsewhere' | 'web-page' | 'other' }
>;

function authorized({ sendsCredentials }: Whereabouts): Check {
  return ok(
    'authorization',
    sendsCredentials ? 'the credentials are not refused' : 'none is wanted',
  );
}

function strangerCheck(identity: Stranger, where: Whereabouts): Check {
  const { baseUrl, found, gatewayVersion } = where;
  if (gatewayVersion !== null) {
    return failed(
      'flink',
      `this is the SQL Gateway of Flink ${gatewayVersion}, not the REST API of a cluster`,
      `Pass it as --gateway ${new URL(baseUrl).origin}, and as --url the address of the JobManager (port 8081 by default).`,
    );
  }
  const next =
    found === null ? strangerNext(identity) : `The REST API is at ${found}: use --url ${found}.`;
  return failed('flink', strangerText(identity), next);
}

function strangerText(identity: Stranger): string {
  switch (identity.kind) {
    case 'history-server':
      return 'this is a HistoryServer, which shows jobs that are over and runs none';
    case 'flink-elsewhere':
      return `something like Flink answers, but it has no /config there: ${identity.message}`;
    case 'web-page': {
      const title =
        identity.title === null ? '' : ` with the title ${JSON.stringify(identity.title)}`;
      return `a web page${title} answers (status ${identity.status}), not the REST API`;
    }
    case 'other':
      return `what answers is not Flink: status ${identity.status}, ${identity.contentType ?? 'without a content type'}`;
  }
}

function strangerNext(identity: Stranger): string {
  switch (identity.kind) {
    case 'history-server':
      return 'Use the address of the JobManager (rest.port, 8081 by default; a HistoryServer has 8082).';
    case 'flink-elsewhere':
      return 'Check the path of the address: it must be the one that the Web UI has before #/overview.';
    case 'web-page':
      return 'Open the address in a browser: is it a login, another program, or a Web UI below another path? The address needs the path that the Web UI has before #/overview.';
    case 'other':
      return 'Check host and port: the REST API is where the Web UI is, on 8081 by default.';
  }
}

type Refused = Extract<Identity, { kind: 'unauthorized' }>;

function unauthorizedText({ status, scheme }: Refused): string {
  const wanted = scheme === null ? '' : ` and asks for ${scheme}`;
  return status === 403
    ? `it answers with 403: what we are does not suffice${wanted}`
    : `it answers with ${status}${wanted}`;
}

function unauthorizedNext({ status, scheme }: Refused, { sendsCredentials }: Whereabouts): string {
  if (status === 407) return 'The proxy wants a user and a password: see the context.';
  if (sendsCredentials) {
    return 'Credentials were sent and refused: have they expired, or are they for another cluster? See drey context show.';
  }
  const how = scheme?.toLowerCase() === 'basic' ? 'user and password' : 'a token (DREY_TOKEN)';
  return `No credentials were sent: set ${how} in the context.`;
}

type Unavailable = Extract<Identity, { kind: 'unavailable' }>;

function unavailableText({ status, message }: Unavailable): string {
  return message === null
    ? `something before Flink answers with ${status}: it does not reach the JobManager`
    : `Flink answers with ${status}: ${message}`;
}

function unavailableNext({ message }: Unavailable): string {
  return message === null
    ? 'Look whether the JobManager runs, and whether the service or ingress before it leads to its REST port.'
    : 'No JobManager leads at present, or it starts just now: try again, then read its log.';
}
