import { expect, test } from 'vitest';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

const options = { timeoutMs: 1_000, outputBytesMax: 100, environment: { A: 'b' } };

test('no program is found unless the test writes one', async () => {
  const { commands } = createSimulatedPlatform({ seed: 1 });
  expect(await commands.run(['helper'], options)).toEqual({ kind: 'not-found' });
});

test('a program of the test gets words, limits and variables', async () => {
  const seen: unknown[] = [];
  const { commands } = createSimulatedPlatform({
    seed: 1,
    program: (words, given) => {
      seen.push(words, given);
      return { kind: 'ended', status: 0, output: 'said' };
    },
  });
  expect(await commands.run(['helper', 'a b'], options)).toMatchObject({ output: 'said' });
  expect(seen).toEqual([['helper', 'a b'], options]);
});
