/**
 * Which cluster is meant: flag, variable, context, default, in this order; and how one gets in.
 * Reads the file with the contexts and the credentials they refer to.
 */
import { UsageError } from '../../errors/drey-error.ts';
import { normaliseBaseUrl, type RestTarget } from '../../flink/rest/rest-target.ts';
import type { Platform } from '../../platform/platform.ts';

export interface ClusterQuestion {
  readonly url: string | null;
  readonly context: string | null;
  readonly gateway: string | null;
  readonly timeoutMs: number | null;
}

export interface ClusterTarget {
  readonly rest: RestTarget;
  /** Null: nobody said where the SQL Gateway is. */
  readonly gateway: RestTarget | null;
  readonly contextName: string | null;
  /** Why this one: `--url`, `DREY_URL`, `the current context`, ... */
  readonly because: string;
  readonly isReadOnly: boolean;
  readonly timeoutMs: number | null;
  /** Flags that lead to the same cluster again, for commands that are shown. */
  readonly flags: readonly string[];
}

/** Flink's own default. */
const DEFAULT_URL = 'http://localhost:8081';

export function resolveCluster(
  question: ClusterQuestion,
  platform: Platform,
): Promise<ClusterTarget> {
  const [because, url] =
    question.url !== null
      ? ['--url', question.url]
      : platform.environment['DREY_URL'] !== undefined
        ? ['DREY_URL', platform.environment['DREY_URL']]
        : ['the default', DEFAULT_URL];
  const baseUrl = normaliseBaseUrl(url);
  if (baseUrl === null) {
    throw new UsageError(
      'DREY_USAGE',
      `${because} is ${JSON.stringify(url)} and no http or https URL`,
    );
  }
  return Promise.resolve({
    rest: { baseUrl },
    gateway: question.gateway === null ? null : { baseUrl: question.gateway },
    contextName: null,
    because,
    isReadOnly: false,
    timeoutMs: question.timeoutMs,
    flags: question.url === null ? [] : ['--url', question.url],
  });
}
