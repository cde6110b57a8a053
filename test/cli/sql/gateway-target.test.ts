import { describe, expect, it } from 'vitest';
import { explainedGuess, gatewayTarget } from '../../../src/cli/sql/gateway-target.ts';
import { UnreachableError, UsageError } from '../../../src/errors/drey-error.ts';

const connection = { authorities: 'PEM', verifiesPeer: true };
const TARGET = {
  rest: {
    baseUrl: 'https://flink.example:8081/prefix',
    credentials: () => Promise.resolve({ authorization: 'Bearer abcdef' }),
    connection,
  },
  gateway: null,
  contextName: null,
  because: '--url',
  isReadOnly: false,
  timeoutMs: null,
  flags: [],
};

describe('gatewayTarget', () => {
  it('takes the address that was said', () => {
    const gateway = { baseUrl: 'http://gateway.example' };
    expect(gatewayTarget({ ...TARGET, gateway })).toEqual({ rest: gateway, isGuess: false });
  });

  it.each(['gateway:8083', 'ftp://gateway', ''])('refuses the address %j', (baseUrl) => {
    expect(() => gatewayTarget({ ...TARGET, gateway: { baseUrl } })).toThrow(UsageError);
  });

  it('guesses the default port on the host of the REST address, without its credentials', () => {
    expect(gatewayTarget(TARGET)).toEqual({
      rest: { baseUrl: 'https://flink.example:8083', connection },
      isGuess: true,
    });
  });
});

describe('explainedGuess', () => {
  const error = new UnreachableError('DREY_UNREACHABLE', 'nobody is there', {
    details: { reason: 'refused' },
  });

  it('says which address was tried, and how to name another', () => {
    const explained = explainedGuess(error, gatewayTarget(TARGET));
    expect(explained).toMatchObject({ code: 'DREY_UNREACHABLE', details: { reason: 'refused' } });
    expect(explained).toHaveProperty('hint', expect.stringContaining('https://flink.example:8083'));
    expect(explained).toHaveProperty('hint', expect.stringContaining('--gateway'));
  });

  it('has nothing to add to an address that was said', () => {
    const gateway = { baseUrl: 'http://gateway.example' };
    expect(explainedGuess(error, gatewayTarget({ ...TARGET, gateway }))).toBe(error);
  });
});
