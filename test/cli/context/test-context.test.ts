import { describe, expect, test } from 'vitest';
import {
  contextTestExitStatus,
  contextTestView,
  testContext,
} from '../../../src/cli/context/test-context.ts';
import type { ClusterSession } from '../../../src/cli/cluster/cluster-session.ts';
import { openSession } from '../../../src/cli/cluster/cluster-session.ts';
import type { RestTarget } from '../../../src/flink/rest/rest-target.ts';
import { realTerminal } from '../../../src/platform/real/terminal.ts';
import type { SimulatedAnswer } from '../../../src/platform/simulated/http.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { CONFIG_ANSWER } from '../../support/recording-servers.ts';

const known: RestTarget = {
  baseUrl: 'http://jobmanager:8081',
  credentials: () => Promise.resolve({ authorization: 'Bearer right' }),
  identity: 'the bearer token from the variable T',
};

function json(status: number, body: object): SimulatedAnswer {
  return { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
}

interface Given {
  readonly rest?: RestTarget;
  readonly gateway?: RestTarget;
  /** True: 401 for whoever does not say who he is. */
  readonly isGuarded?: boolean;
  readonly gatewayAnswer?: SimulatedAnswer;
}

function sessionOf(given: Given): { session: ClusterSession; platform: SimulatedPlatform } {
  const platform = createSimulatedPlatform({
    seed: 1,
    http: ({ url, headers }) => {
      if (new URL(url).host === 'gateway:8083') return given.gatewayAnswer ?? json(200, {});
      const isKnown = headers?.['authorization'] === 'Bearer right';
      return given.isGuarded === true && !isKnown ? json(401, {}) : json(200, CONFIG_ANSWER);
    },
  });
  const target = {
    rest: given.rest ?? known,
    gateway: given.gateway ?? null,
    contextName: 'prod',
    because: 'the context prod',
    isReadOnly: false,
    timeoutMs: null,
    flags: [],
  };
  return { session: openSession(target, { platform, terminal: realTerminal }), platform };
}

const gateway = { baseUrl: 'http://gateway:8083' };

describe('credentials are', () => {
  test.each<[string, Given, boolean | null, string]>([
    ['accepted by who refuses others', { isGuarded: true }, false, 'accepted: the bearer token'],
    ['sent to who takes everybody', {}, true, 'answers without them, too'],
    ['none', { rest: { baseUrl: known.baseUrl } }, null, 'none'],
  ])('%s', async (_, given, isOpen, shown) => {
    const { session, platform } = sessionOf(given);
    const result = await platform.drive(testContext(session));
    expect(result).toMatchObject({ version: '2.3.0', isOpen });
    expect(JSON.stringify(contextTestView(result))).toContain(shown);
    expect(contextTestExitStatus(result)).toBe(0);
  });

  test('wrong: that is the answer, with exit status 5', async () => {
    const rest = {
      ...known,
      credentials: () => Promise.resolve({ authorization: 'Bearer wrong' }),
    };
    const { session, platform } = sessionOf({ isGuarded: true, rest });
    await expect(platform.drive(testContext(session))).rejects.toMatchObject({
      code: 'DREY_FLINK_UNAUTHORIZED',
      exitCode: 5,
    });
  });
});

describe('a SQL Gateway that', () => {
  test.each<[string, SimulatedAnswer, number, object]>([
    ['answers is good', json(200, { version: '2.3.0' }), 0, { version: '2.3.0', error: null }],
    [
      'wants credentials is told, with 5',
      json(401, {}),
      5,
      { version: null, error: { code: 'DREY_FLINK_UNAUTHORIZED', exit: 5 } },
    ],
    [
      'is not there is told, with 4',
      { unreachable: 'refused' },
      4,
      { version: null, error: { code: 'DREY_UNREACHABLE', exit: 4 } },
    ],
    [
      'is something else is told, with 4',
      json(200, { hello: 'world' }),
      4,
      { error: { code: 'DREY_FLINK_ANSWER' } },
    ],
  ])('%s', async (_, gatewayAnswer, exit, expected) => {
    const { session, platform } = sessionOf({ gateway, gatewayAnswer });
    const result = await platform.drive(testContext(session));
    expect(result.gateway).toMatchObject(expected);
    expect(contextTestExitStatus(result)).toBe(exit);
  });
});
