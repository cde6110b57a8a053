import { describe, expect, test } from 'vitest';
import { submitSupervisor } from '../../../src/cli/druid/submit-supervisor.ts';
import type { SupervisorSpec } from '../../../src/pipeline/plan/supervisor-spec.ts';
import type { HttpRequest } from '../../../src/platform/http.ts';
import type { SimulatedAnswer } from '../../../src/platform/simulated/http.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

function specOf(topic: string): SupervisorSpec {
  const dataSchema = { dataSource: 'a b' };
  return { type: 'kafka', spec: { dataSchema, ioConfig: { topic }, tuningConfig: {} } };
}

const json = (status: number, value: unknown): SimulatedAnswer => ({
  status,
  headers: {},
  body: new TextEncoder().encode(JSON.stringify(value)),
});

/** An Overlord that fills specs up, as Druid does. */
class Overlord {
  readonly asked: string[] = [];
  authorization: string | undefined;
  supervisor: Record<string, unknown> | null = null;

  readonly respond = (request: HttpRequest): SimulatedAnswer => {
    const { method, url } = request;
    this.asked.push(`${method} ${url}`);
    this.authorization = request.headers?.['authorization'];
    if (method === 'GET') {
      if (url.endsWith('/supervisor'))
        return json(200, this.supervisor === null ? [] : ['x', 'a b']);
      return json(200, { ...this.supervisor, suspended: false });
    }
    const { body } = request;
    if (!(body instanceof Uint8Array)) throw new Error('a body in one piece');
    this.supervisor = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    return json(200, { id: 'a b' });
  };
}

async function submit(
  overlord: { readonly respond: (request: HttpRequest) => SimulatedAnswer },
  spec: SupervisorSpec,
  address = 'http://druid:8081',
) {
  const platform = createSimulatedPlatform({ seed: 1, http: overlord.respond });
  return platform.drive(submitSupervisor(spec, address, platform.http));
}

describe('a supervisor', () => {
  test('is created once, left alone when it is the same, and replaced when it is not', async () => {
    const overlord = new Overlord();
    const actions = [];
    for (const topic of ['one', 'one', 'two', 'two']) {
      actions.push((await submit(overlord, specOf(topic))).action);
    }
    expect(actions).toEqual(['created', 'unchanged', 'updated', 'unchanged']);
    expect(overlord.asked.filter((asked) => asked.startsWith('POST'))).toHaveLength(2);
    expect(overlord.asked[0]).toBe('GET http://druid:8081/druid/indexer/v1/supervisor');
    expect(overlord.asked[3]).toBe('GET http://druid:8081/druid/indexer/v1/supervisor/a%20b');
    expect(overlord.supervisor).toMatchObject({
      type: 'kafka',
      spec: { ioConfig: { topic: 'two' } },
    });
  });

  test('that somebody else has made is left alone', async () => {
    const overlord = new Overlord();
    overlord.supervisor = { ...specOf('one') };
    await expect(submit(overlord, specOf('one'))).rejects.toMatchObject({
      code: 'DREY_DRUID_REFUSED',
      exitCode: 5,
      message: expect.stringContaining('that drey did not make'),
    });
    expect(overlord.asked).toHaveLength(2);
  });

  test('is posted with the login of the address, which is not shown', async () => {
    const overlord = new Overlord();
    const done = await submit(overlord, specOf('one'), 'http://ann:p%40ss@druid:8888/proxy/');
    expect(done).toEqual({ datasource: 'a b', overlord: 'http://druid:8888', action: 'created' });
    expect(overlord.authorization).toBe(`Basic ${btoa('ann:p@ss')}`);
    expect(overlord.asked[1]).toBe('POST http://druid:8888/proxy/druid/indexer/v1/supervisor');
  });

  test.each([
    [json(401, { error: 'who?' }), 'answered 401'],
    [json(400, { error: 'Unknown type' }), 'Unknown type'],
    [{ status: 404, headers: {}, body: new TextEncoder().encode('<html>no') }, 'answered 404'],
    [{ status: 200, headers: {}, body: new TextEncoder().encode('<html>') }, 'answered 200'],
  ])('is refused with the words of the other side', async (answer, words) => {
    await expect(submit({ respond: () => answer }, specOf('one'))).rejects.toMatchObject({
      code: 'DREY_DRUID_REFUSED',
      message: expect.stringContaining(words),
    });
  });
});
