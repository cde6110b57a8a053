/**
 * Which cluster a command is for, and how one gets in: the flags, the environment and the file with
 * the contexts put together.
 */
import { BugError } from '../../errors/drey-error.ts';
import type { RestTarget } from '../../flink/rest/rest-target.ts';
import type { Platform } from '../../platform/platform.ts';
import { chooseTarget, type ChosenTarget, type ClusterQuestion } from './choose-target.ts';
import { connectTargets } from './connect-target.ts';
import { embeddedClusterUrl } from './embedded-cluster.ts';

export type { ClusterQuestion } from './choose-target.ts';

export interface ClusterTarget {
  readonly rest: RestTarget;
  /** Null: nobody said where the SQL Gateway is. */
  readonly gateway: RestTarget | null;
  readonly contextName: string | null;
  /** Why this one: `--url`, `DREY_URL`, `the context prod`, ... */
  readonly because: string;
  readonly isReadOnly: boolean;
  readonly timeoutMs: number | null;
  /** Flags that lead to the same cluster again, for commands that are shown. */
  readonly flags: readonly string[];
  /** Likewise to the same SQL Gateway, for the commands that know this flag. */
  readonly gatewayFlags?: readonly string[];
}

export async function resolveCluster(
  question: ClusterQuestion,
  platform: Platform,
): Promise<ClusterTarget> {
  const chosen = await chooseCluster(question, platform);
  const { rest, context } = chosen;
  if (context?.tls.isInsecure === true) {
    platform.streams.writeError(
      `note: the certificate of ${new URL(rest.url.value).host} is not verified (tls.insecure in the context ${context.name})\n`,
    );
  }
  return {
    ...(await connectTargets(chosen, platform)),
    contextName: context?.name ?? null,
    because: rest.url.because,
    isReadOnly: context?.isReadOnly ?? false,
    timeoutMs: chosen.timeoutMs?.value ?? null,
    flags: chosen.flags,
    gatewayFlags: chosen.gatewayFlags,
  };
}

/** The choice alone, with the origin of every value. */
export async function chooseCluster(
  question: ClusterQuestion,
  platform: Platform,
): Promise<ChosenTarget> {
  const { environment } = platform;
  const isDirect =
    question.url !== null || (question.context === null && (environment['DREY_URL'] ?? '') !== '');
  // The file is of no concern then, and its mistakes are not either.
  if (isDirect) {
    return chooseTarget(question, {
      environment,
      contextNamed: neverAsked,
      currentContext: null,
      embeddedUrl: null,
    });
  }
  const { contextNamed, readContexts } = await import('./context-store.ts');
  const [file, embeddedUrl] = await Promise.all([
    readContexts(platform),
    embeddedClusterUrl(platform),
  ]);
  return chooseTarget(question, {
    environment,
    contextNamed: (name) => contextNamed(file, name),
    currentContext: file.currentContext,
    embeddedUrl,
  });
}

function neverAsked(name: string): never {
  throw new BugError('DREY_BUG', `the context ${name} was asked for although an address was given`);
}
