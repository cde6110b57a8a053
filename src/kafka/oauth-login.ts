/**
 * Where the token of an OAUTHBEARER login comes from: an endpoint that gives one to a client with
 * its secret, or, for tests, a token that nobody has signed.
 */
import { propertyError } from './client-property-error.ts';
import type { JaasLogin } from './jaas.ts';

export type OauthLogin = ClientCredentials | UnsecuredLogin;

export interface ClientCredentials {
  readonly kind: 'client-credentials';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Null: none is asked for. */
  readonly scope: string | null;
}

export interface UnsecuredLogin {
  readonly kind: 'unsecured';
  readonly claims: Readonly<Record<string, string | number | readonly string[]>>;
  readonly lifetimeSeconds: number;
}

const TOKEN_URL = 'sasl.oauthbearer.token.endpoint.url';
const JAAS = 'sasl.jaas.config';
/** As Kafka's OAuthBearerUnsecuredLoginCallbackHandler. */
const LIFETIME_DEFAULT_SECONDS = 3600;

export function oauthLogin(
  jaas: JaasLogin,
  properties: Readonly<Record<string, string>>,
): OauthLogin {
  const { options } = jaas;
  const tokenUrl = properties[TOKEN_URL];
  if (tokenUrl === undefined) return unsecuredLogin(options);
  if (!/^https?:\/\//i.test(tokenUrl) || !URL.canParse(tokenUrl)) {
    throw propertyError(TOKEN_URL, 'is no http or https address');
  }
  const own = 'sasl.oauthbearer.client.credentials.client';
  const clientId = options.get('clientId') ?? properties[`${own}.id`];
  const clientSecret = options.get('clientSecret') ?? properties[`${own}.secret`];
  if (clientId === undefined) throw propertyError(JAAS, 'lacks the option clientId');
  if (clientSecret === undefined) throw propertyError(JAAS, 'lacks the option clientSecret');
  const scope = options.get('scope') ?? properties['sasl.oauthbearer.scope'] ?? null;
  return { kind: 'client-credentials', tokenUrl, clientId, clientSecret, scope };
}

/** A JWT without a signature, as brokers take it that are set up for tests. */
export function unsecuredToken(login: UnsecuredLogin, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const payload = { ...login.claims, iat: issuedAt, exp: issuedAt + login.lifetimeSeconds };
  return `${base64Url({ alg: 'none' })}.${base64Url(payload)}.`;
}

function unsecuredLogin(options: ReadonlyMap<string, string>): UnsecuredLogin {
  const claims: Record<string, string | number | readonly string[]> = {};
  let lifetimeSeconds = LIFETIME_DEFAULT_SECONDS;
  for (const [name, value] of options) {
    const [, type, claim] = /^unsecuredLogin(String|Number|List)Claim_(.+)$/.exec(name) ?? [];
    if (name === 'unsecuredLoginLifetimeSeconds') lifetimeSeconds = numberOf(name, value);
    else if (type === undefined || claim === undefined) continue;
    else if (type === 'String') claims[claim] = value;
    else if (type === 'Number') claims[claim] = numberOf(name, value);
    // As Kafka: the first character separates the entries.
    else claims[claim] = value.slice(1).split(value.slice(0, 1));
  }
  if (claims['sub'] === undefined) {
    throw propertyError(
      JAAS,
      'names no user for OAUTHBEARER',
      `Set ${TOKEN_URL} with clientId and clientSecret in ${JAAS}; unsecuredLoginStringClaim_sub="..." is for tests.`,
    );
  }
  return { kind: 'unsecured', claims, lifetimeSeconds };
}

function numberOf(name: string, value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw propertyError(JAAS, `has the option ${name}, which is no number`);
}

function base64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
