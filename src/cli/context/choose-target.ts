/**
 * Which cluster is meant: flag, variable, context, embedded cluster, default, in this order. Says
 * of every value where it comes from. Pure; secrets are references here.
 * Invariant: what a context refers to as secret goes to the addresses that this context names, and
 * to no other.
 */
import { UsageError } from '../../errors/drey-error.ts';
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';
import { parseDurationMs } from '../../pipeline/spec/duration.ts';
import type { Authentication, Context, Proxy } from './context.ts';
import { urlProblem } from './url-problem.ts';

/** From the flags; null: not given. */
export interface ClusterQuestion {
  readonly url: string | null;
  readonly context: string | null;
  readonly gateway: string | null;
  readonly timeoutMs: number | null;
  /** --insecure-token. */
  readonly allowsInsecureToken?: boolean;
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

/** One address, and what is sent there. */
export interface Endpoint {
  readonly url: Origin<string>;
  readonly authentication: Origin<Authentication>;
  /** Its headers, certificate and insecurity hold there; null: no context's do. */
  readonly context: Context | null;
  /** Of a context that does not name this address: whom it trusts, which is no secret. */
  readonly authorities: string | null;
  readonly proxy: Origin<Proxy> | null;
  readonly allowsInsecureToken: boolean;
}

export interface ChosenTarget {
  readonly rest: Endpoint;
  /** Null: nobody said where the SQL Gateway is. */
  readonly gateway: Endpoint | null;
  readonly timeoutMs: Origin<number> | null;
  /** The one that was chosen; null: none. */
  readonly context: Context | null;
  /** Flags that lead to the same cluster again, also from another shell. */
  readonly flags: readonly string[];
  /** Likewise to the same SQL Gateway, for the commands that know this flag. */
  readonly gatewayFlags: readonly string[];
}

/** Flink's own default. */
const DEFAULT_URL = 'http://localhost:8081';
export const TOKEN_VARIABLE = 'DREY_TOKEN';

export function chooseTarget(question: ClusterQuestion, surroundings: Surroundings): ChosenTarget {
  const { environment } = surroundings;
  const given = chosenUrl(question, environment);
  const context = given === null ? chosenContext(question, surroundings) : null;
  const url = given ?? urlOf(context, surroundings.embeddedUrl);
  const gatewayUrl = chosenGateway(question, environment, context);
  const common = {
    proxy: chosenProxy(environment, context),
    allowsInsecureToken:
      question.allowsInsecureToken === true || context?.allowsInsecureToken === true,
    authorities: null,
  };
  const authentication = chosenAuthentication(environment, context, context?.authentication);
  return {
    rest: { ...common, url, authentication, context },
    gateway:
      gatewayUrl === null ? null : { ...common, ...gatewayOf(gatewayUrl, environment, context) },
    timeoutMs: chosenTimeout(question, environment, context),
    context,
    flags: [
      ...addressFlags(url, context),
      ...(question.allowsInsecureToken === true ? ['--insecure-token'] : []),
    ],
    gatewayFlags:
      gatewayUrl === null || gatewayUrl.because === becauseOf(context)
        ? []
        : ['--gateway', gatewayUrl.value],
  };
}

type Environment = Surroundings['environment'];

function becauseOf(context: Context | null): string {
  return `the context ${context?.name ?? ''}`;
}

function chosenUrl(
  { url, context }: ClusterQuestion,
  environment: Environment,
): Origin<string> | null {
  if (url !== null) return checkedUrl(url, '--url');
  // A flag goes before a variable: who types --context does not mean what a shell has exported.
  if (context !== null) return null;
  const variable = variableOf(environment, 'DREY_URL');
  return variable === null ? null : checkedUrl(variable, 'DREY_URL');
}

function chosenContext(
  { context }: ClusterQuestion,
  { environment, contextNamed, currentContext }: Surroundings,
): Context | null {
  const name = context ?? variableOf(environment, 'DREY_CONTEXT') ?? currentContext;
  return name === null ? null : contextNamed(name);
}

function urlOf(context: Context | null, embeddedUrl: string | null): Origin<string> {
  if (context !== null) return { value: context.url, because: becauseOf(context) };
  if (embeddedUrl !== null) return { value: embeddedUrl, because: 'the running embedded cluster' };
  return { value: DEFAULT_URL, because: 'the default' };
}

/** Without flags the default is found again, and a flag would only stand in the way. */
function addressFlags(url: Origin<string>, context: Context | null): readonly string[] {
  if (context !== null) return ['--context', context.name];
  return url.because === 'the default' ? [] : ['--url', url.value];
}

function chosenGateway(
  { gateway }: ClusterQuestion,
  environment: Environment,
  context: Context | null,
): Origin<string> | null {
  if (gateway !== null) return checkedUrl(gateway, '--gateway');
  const variable = variableOf(environment, 'DREY_SQL_GATEWAY');
  if (variable !== null) return checkedUrl(variable, 'DREY_SQL_GATEWAY');
  const own = context?.gateway ?? null;
  return own === null ? null : { value: own, because: becauseOf(context) };
}

function gatewayOf(
  url: Origin<string>,
  environment: Environment,
  context: Context | null,
): Pick<Endpoint, 'url' | 'authentication' | 'context' | 'authorities'> {
  if (context !== null && !isNamedBy(context, url.value)) {
    const authentication = chosenAuthentication(environment, null, undefined);
    return { url, authentication, context: null, authorities: context.tls.authorities };
  }
  const own = context?.gatewayAuthentication ?? context?.authentication;
  const authentication = chosenAuthentication(environment, context, own);
  return { url, authentication, context, authorities: null };
}

/** Scheme, host and port; the path may differ. */
function isNamedBy({ url, gateway }: Context, address: string): boolean {
  const { origin } = new URL(address);
  return [url, gateway].some((named) => named !== null && new URL(named).origin === origin);
}

function chosenTimeout(
  { timeoutMs }: ClusterQuestion,
  environment: Environment,
  context: Context | null,
): Origin<number> | null {
  if (timeoutMs !== null) return { value: timeoutMs, because: '--timeout' };
  const variable = variableOf(environment, 'DREY_TIMEOUT');
  if (variable !== null) {
    const parsed = parseDurationMs(variable);
    if (typeof parsed === 'number') return { value: parsed, because: 'DREY_TIMEOUT' };
    const message = `DREY_TIMEOUT is ${JSON.stringify(variable)}: ${parsed.mismatch}`;
    throw new UsageError('DREY_USAGE', message);
  }
  const own = context?.timeoutMs ?? null;
  return own === null ? null : { value: own, because: becauseOf(context) };
}

/** Only what is meant for drey: a proxy for a browser seldom leads to a cluster. */
function chosenProxy(environment: Environment, context: Context | null): Origin<Proxy> | null {
  const variable = variableOf(environment, 'DREY_PROXY');
  if (variable !== null) {
    const { value, because } = checkedUrl(variable, 'DREY_PROXY');
    return { value: { url: value, login: null }, because };
  }
  const own = context?.proxy ?? null;
  return own === null ? null : { value: own, because: becauseOf(context) };
}

/** `own`: what the context says for this address. The variable is for those without. */
function chosenAuthentication(
  environment: Environment,
  context: Context | null,
  own: Authentication | undefined,
): Origin<Authentication> {
  if (own !== undefined && own.kind !== 'none') return { value: own, because: becauseOf(context) };
  if (variableOf(environment, TOKEN_VARIABLE) === null) {
    return { value: { kind: 'none' }, because: 'the default' };
  }
  const token = { kind: 'env', name: TOKEN_VARIABLE } as const;
  return { value: { kind: 'bearer', token }, because: TOKEN_VARIABLE };
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
function variableOf(environment: Environment, name: string): string | null {
  const value = environment[name];
  return value === undefined || value === '' ? null : value;
}
