import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/platform/http.ts';
import { readKafkaSettings } from '../../src/platform/kafka-settings.ts';
import type { HttpResponder } from '../../src/platform/simulated/http.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../src/platform/simulated/simulated-platform.ts';

const SERVERS = { 'bootstrap.servers': 'kafka:9092' };
const TOKEN_LOGIN = {
  ...SERVERS,
  'security.protocol': 'SASL_SSL',
  'sasl.mechanism': 'OAUTHBEARER',
  'sasl.jaas.config':
    'OAuthBearerLoginModule required clientId="drey" clientSecret="hush" scope="kafka";',
  'sasl.oauthbearer.token.endpoint.url': 'https://login.example/token',
};

function answering(body: string, status = 200): { asked: HttpRequest[]; http: HttpResponder } {
  const asked: HttpRequest[] = [];
  const http: HttpResponder = (request) => {
    asked.push(request);
    return { status, headers: {}, body: new TextEncoder().encode(body) };
  };
  return { asked, http };
}

async function tokenOf(world: SimulatedPlatform): Promise<string> {
  const { sasl } = await world.drive(readKafkaSettings(TOKEN_LOGIN, world));
  if (sasl?.mechanism !== 'OAUTHBEARER') throw new Error('no login by token');
  return world.drive(sasl.token());
}

describe('readKafkaSettings', () => {
  it('reads the files that the properties name', async () => {
    const world = createSimulatedPlatform({ seed: 1, files: { '/pki/ca.pem': 'authority' } });
    const settings = await world.drive(
      readKafkaSettings(
        {
          ...SERVERS,
          'security.protocol': 'SSL',
          'ssl.truststore.type': 'PEM',
          'ssl.truststore.location': '/pki/ca.pem',
        },
        world,
      ),
    );
    expect(settings.tls?.authorities).toBe('authority');
  });

  it('says which file is not there', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    const properties = {
      ...SERVERS,
      'security.protocol': 'SSL',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': '/pki/ca.pem',
    };
    await expect(world.drive(readKafkaSettings(properties, world))).rejects.toMatchObject({
      code: 'DREY_FILE_NOT_FOUND',
      message: expect.stringContaining('/pki/ca.pem') as string,
    });
  });

  it('asks the endpoint for a token with each login', async () => {
    const { asked, http } = answering('{"access_token":"abc"}');
    const world = createSimulatedPlatform({ seed: 1, http });
    expect(await tokenOf(world)).toBe('abc');
    const [request] = asked;
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://login.example/token',
      headers: { authorization: `Basic ${Buffer.from('drey:hush').toString('base64')}` },
    });
    const { body } = request ?? {};
    expect(body instanceof Uint8Array && new TextDecoder().decode(body)).toBe(
      'grant_type=client_credentials&scope=kafka',
    );
  });

  it.each([
    ['{"access_token":""}', 200],
    ['no JSON', 200],
    ['[]', 200],
    ['{"error":"invalid_client"}', 401],
  ])('takes the answer %s with status %d for a refused login', async (body, status) => {
    const world = createSimulatedPlatform({ seed: 1, http: answering(body, status).http });
    await expect(tokenOf(world)).rejects.toMatchObject({
      code: 'DREY_KAFKA_LOGIN_REFUSED',
      message: expect.stringContaining('login.example') as string,
    });
  });
});
