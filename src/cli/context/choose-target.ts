/**
 * Which cluster is meant: flag, variable, context, embedded cluster, default, in this order. Says
 * of every value where it comes from. Pure; secrets are references here.
 */
import { UsageError } from '../../errors/drey-error.ts';
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';
import { parseDurationMs } from '../../pipeline/spec/duration.ts';
import type { Authentication, Context } from './context.ts';
import { urlProblem } from './parse-contexts.ts';

/** From the flags; null: not given. */
export interface ClusterQuestion {
  readonly url: string | null;
  readonly context: string | null;
  readonly gateway: string | null;
  readonly timeoutMs: number | null;
}

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Finds a context by name, and throws when there is none. */
  readonly contextNamed: (name: string) => Context;
  readonly currentContext: string | null;
  /** Address of a running embedded cluster; null: there is none. */
  readonly embeddedUrl: string | null;
}

/** A value and where it comes from: `--url`, `DREY_URL`, `the context prod`, `the default`. */
export interface Origin<T> {
  readonly value: T;
  readonly because: string;
}

export interface ChosenTarget {
  readonly url: Origin<string>;
  readonly gateway: Origin<string> | null;
  readonly timeoutMs: Origin<number> | null;
  readonly authentication: Origin<Authentication>;
  /** Whose TLS files, proxy and headers are used; null: none. */
  readonly context: Context | null;
  /** Flags that lead to the same cluster again. */
  readonly flags: readonly string[];
}

/** Flink's own default. */
const DEFAULT_URL = 'http://localhost:8081';
export const TOKEN_VARIABLE = 'DREY_TOKEN';

export function chooseTarget(question: ClusterQuestion, surroundings: Surroundings): ChosenTarget {
  const { environment } = surroundings;
  const url = chosenUrl(question, environment);
  const context = url === null ? chosenContext(question, surroundings) : null;
  return {
    url: url ?? urlOf(context, surroundings.embeddedUrl),
    gateway: chosenGateway(question, environment, context),
    timeoutMs: chosenTimeout(question, environment, context),
    authentication: chosenAuthentication(environment, context),
    context,
    flags: flagsOf(question),
  };
}

type Environment = Surroundings['environment'];

function chosenUrl(
  { url, context }: ClusterQuestion,
  environment: Environment,
): Origin<string> | null {
  if (url !== null) return checkedUrl(url, '--url');
  // A flag goes before a variable: who types --context does not mean what a shell has exported.
  if (context !== null) return null;
  const variable = given(environment, 'DREY_URL');
  return variable === null ? null : checkedUrl(variable, 'DREY_URL');
}

function chosenContext(
  { context }: ClusterQuestion,
  { environment, contextNamed, currentContext }: Surroundings,
): Context | null {
  const name = context ?? given(environment, 'DREY_CONTEXT') ?? currentContext;
  return name === null ? null : contextNamed(name);
}

function urlOf(context: Context | null, embeddedUrl: string | null): Origin<string> {
  if (context !== null) return { value: context.url, because: `the context ${context.name}` };
  if (embeddedUrl !== null) return { value: embeddedUrl, because: 'the running embedded cluster' };
  return { value: DEFAULT_URL, because: 'the default' };
}

function chosenGateway(
  { gateway }: ClusterQuestion,
  environment: Environment,
  context: Context | null,
): Origin<string> | null {
  if (gateway !== null) return checkedUrl(gateway, '--gateway');
  const variable = given(environment, 'DREY_SQL_GATEWAY');
  if (variable !== null) return checkedUrl(variable, 'DREY_SQL_GATEWAY');
  const own = context?.gateway ?? null;
  return own === null ? null : { value: own, because: `the context ${context?.name}` };
}

function chosenTimeout(
  { timeoutMs }: ClusterQuestion,
  environment: Environment,
  context: Context | null,
): Origin<number> | null {
  if (timeoutMs !== null) return { value: timeoutMs, because: '--timeout' };
  const variable = given(environment, 'DREY_TIMEOUT');
  if (variable !== null) {
    const parsed = parseDurationMs(variable);
    if (typeof parsed === 'number') return { value: parsed, because: 'DREY_TIMEOUT' };
    const message = `DREY_TIMEOUT is ${JSON.stringify(variable)}: ${parsed.mismatch}`;
    throw new UsageError('DREY_USAGE', message);
  }
  const own = context?.timeoutMs ?? null;
  return own === null ? null : { value: own, because: `the context ${context?.name}` };
}

/** The variable is for targets that have no credentials of their own. */
function chosenAuthentication(
  environment: Environment,
  context: Context | null,
): Origin<Authentication> {
  if (context !== null && context.authentication.kind !== 'none') {
    return { value: context.authentication, because: `the context ${context.name}` };
  }
  if (given(environment, TOKEN_VARIABLE) === null) {
    return { value: { kind: 'none' }, because: 'the default' };
  }
  const token = { kind: 'env', name: TOKEN_VARIABLE } as const;
  return { value: { kind: 'bearer', token }, because: TOKEN_VARIABLE };
}

function flagsOf({ url, context, gateway }: ClusterQuestion): readonly string[] {
  return [
    ...(url === null ? [] : ['--url', url]),
    ...(context === null || url !== null ? [] : ['--context', context]),
    ...(gateway === null ? [] : ['--gateway', gateway]),
  ];
}

function checkedUrl(text: string, because: string): Origin<string> {
  const problem = urlProblem(text);
  const value = normaliseBaseUrl(text);
  if (problem === null && value !== null) return { value, because };
  throw new UsageError('DREY_USAGE', `${because} ${problem ?? 'is no address'}`, {
    hint: 'An address looks like http://host:8081 or https://host/path; credentials go into a context or DREY_TOKEN.',
  });
}

/** An empty variable is one that is not set. */
function given(environment: Environment, name: string): string | null {
  const value = environment[name];
  return value === undefined || value === '' ? null : value;
}
