/** Which cluster is meant and with which credentials, as checks. */
import { errorCodes } from '../../errors/codes.ts';
import { DreyError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import { contextFilePath, readContexts } from '../context/context-store.ts';
import {
  resolveCluster,
  type ClusterQuestion,
  type ClusterTarget,
} from '../context/resolve-cluster.ts';
import { failed, ok, warning, type Check, type CheckName, type Failure } from './check.ts';

export type FoundTarget =
  | {
      readonly target: ClusterTarget;
      readonly sendsCredentials: boolean;
      readonly checks: readonly Check[];
      readonly failure: null;
    }
  | { readonly checks: readonly Check[]; readonly failure: Failure };

export async function findTarget(
  platform: Platform,
  question: ClusterQuestion,
): Promise<FoundTarget> {
  const file = await attempt(configFile(platform));
  const hasVariable = (platform.environment['DREY_URL'] ?? '') !== '';
  const isNeeded = question.url === null && (question.context !== null || !hasVariable);
  if ('error' in file && isNeeded) return notFound([], 'config-file', file.error);
  const fileCheck = 'error' in file ? unneededFile(file.error) : file.value;
  const resolved = await attempt(resolveCluster(question, platform));
  if ('error' in resolved) {
    const isCredential = resolved.error.code.startsWith('DREY_CREDENTIAL');
    return notFound([fileCheck], isCredential ? 'credentials' : 'target', resolved.error);
  }
  const target = resolved.value;
  const targetCheck = ok('target', `${target.rest.baseUrl}, by ${target.because}`);
  const credentials = await attempt(target.rest.credentials?.() ?? Promise.resolve({}));
  if ('error' in credentials) {
    return notFound([fileCheck, targetCheck], 'credentials', credentials.error);
  }
  const names = Object.keys(credentials.value);
  // A command that prints a secret may ask somebody: it runs once.
  const rest = { ...target.rest, credentials: () => Promise.resolve(credentials.value) };
  return {
    target: { ...target, rest },
    sendsCredentials: names.length > 0,
    checks: [fileCheck, targetCheck, ok('credentials', credentialsText(names))],
    failure: null,
  };
}

type Attempt<T> = { readonly value: T } | { readonly error: DreyError };

async function attempt<T>(work: Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    return { error };
  }
}

async function configFile(platform: Platform): Promise<Check> {
  const path = contextFilePath(platform);
  const isThere = path !== null && (await platform.files.status(path)) !== null;
  const { contexts, currentContext } = await readContexts(platform);
  if (path === null) return ok('config-file', 'there is no place for one, and none is needed');
  if (!isThere) return ok('config-file', `there is no ${path}, and none is needed`);
  const count = contexts.length === 1 ? '1 context' : `${contexts.length} contexts`;
  const current = currentContext === null ? 'none is current' : `${currentContext} is current`;
  return ok('config-file', `${path}: ${count}, ${current}`);
}

function unneededFile(error: DreyError): Check {
  const next = `${nextOf(error)} The address was given without it.`;
  return warning('config-file', error.message, next);
}

function notFound(checks: readonly Check[], check: CheckName, error: DreyError): FoundTarget {
  return {
    checks: [...checks, failed(check, error.message, nextOf(error))],
    failure: { check, code: error.code },
  };
}

function nextOf({ hint, code }: DreyError): string {
  return hint ?? errorCodes[code].next;
}

/** Names of headers only: what they hold is secret. */
function credentialsText(names: readonly string[]): string {
  return names.length === 0 ? 'none are sent' : `sent as ${names.join(' and ')}`;
}
