/**
 * Client properties -> the settings of a Kafka client: reads the files that the properties name, and
 * knows where the token of an OAUTHBEARER login comes from. The one way to a client, for the
 * connectors of jobs and for the verbs of `drey topic`.
 */
import { RefusedError } from '../errors/drey-error.ts';
import {
  clientPropertyFiles,
  kafkaSettings,
  type ClientProperties,
} from '../kafka/client-properties.ts';
import { unsecuredToken, type ClientCredentials, type OauthLogin } from '../kafka/oauth-login.ts';
import type { KafkaSettings } from './kafka.ts';
import type { Platform } from './platform.ts';

/** Certificates and keys. */
const PEM_BYTES_MAX = 1024 * 1024;
const TOKEN_LIMITS = {
  connectMs: 10_000,
  headersMs: 10_000,
  bodyIdleMs: 10_000,
  totalMs: 30_000,
  bodyBytesMax: 256 * 1024,
};
const OK = 200;

type World = Pick<Platform, 'files' | 'http' | 'clock'>;

/** Paths in the properties are taken as they are. Throws an InputError that names the property. */
export async function readKafkaSettings(
  properties: ClientProperties,
  world: World,
): Promise<KafkaSettings> {
  const files = new Map<string, string>();
  for (const { path } of clientPropertyFiles(properties)) {
    files.set(path, new TextDecoder().decode(await world.files.readAll(path, PEM_BYTES_MAX)));
  }
  return kafkaSettings(properties, { files, token: (login) => tokenOf(login, world) });
}

async function tokenOf(login: OauthLogin, world: World): Promise<string> {
  switch (login.kind) {
    case 'unsecured':
      return unsecuredToken(login, world.clock.nowMs());
    case 'client-credentials':
      return fetchToken(login, world);
  }
}

/** RFC 6749, section 4.4, as Kafka's own handler asks. */
async function fetchToken(
  { tokenUrl, clientId, clientSecret, scope }: ClientCredentials,
  { http }: World,
): Promise<string> {
  const pair = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== null) body.set('scope', scope);
  const answer = await http.request({
    method: 'POST',
    url: tokenUrl,
    headers: {
      accept: 'application/json',
      authorization: `Basic ${pair}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new TextEncoder().encode(body.toString()),
    limits: TOKEN_LIMITS,
  });
  const token = answer.status === OK ? tokenIn(answer.body) : null;
  if (token !== null) return token;
  const { host } = new URL(tokenUrl);
  const said = answer.status === OK ? 'an answer without access_token' : `status ${answer.status}`;
  throw new RefusedError('DREY_KAFKA_LOGIN_REFUSED', `${host} gave no token for Kafka: ${said}`, {
    hint: 'Check clientId and clientSecret in sasl.jaas.config, and sasl.oauthbearer.token.endpoint.url.',
    details: { host, status: answer.status },
  });
}

function tokenIn(body: Uint8Array): string | null {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) return null;
  const token = answer.access_token;
  return typeof token === 'string' && token !== '' ? token : null;
}
