import { describe, expect, it } from 'vitest';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('simulated standard streams', () => {
  it('input comes in the chunks that were given, cut where the reader has less room', async () => {
    const input = [text('abc'), text(''), text('defgh')];
    const world = createSimulatedPlatform({ seed: 1, streams: { input } });
    const parts: string[] = [];
    const readAll = async (): Promise<void> => {
      const target = new Uint8Array(5);
      for (;;) {
        const count = await world.streams.readInput(target, 1, 4);
        if (count === 0) return;
        parts.push(new TextDecoder().decode(target.subarray(1, 1 + count)));
      }
    };
    await world.drive(readAll());
    expect(parts).toEqual(['abc', 'defg', 'h']);
  });

  it('output keeps the order of the writes for every seed', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = createSimulatedPlatform({ seed });
      const writes = ['1', '2', '3'].map((part) => world.streams.writeOutput(text(part)));
      expect(await world.drive(Promise.all(writes))).toEqual([true, true, true]);
      expect(new TextDecoder().decode(world.streams.output)).toBe('123');
    }
  });

  it('a reader that leaves gets the first bytes, and every later write is told', async () => {
    const world = createSimulatedPlatform({ seed: 1, streams: { outputClosesAfterBytes: 4 } });
    const answers: boolean[] = [];
    const writeAll = async (): Promise<void> => {
      for (const part of ['123', '456', '789']) {
        answers.push(await world.streams.writeOutput(text(part)));
      }
    };
    await world.drive(writeAll());
    expect(answers).toEqual([true, false, false]);
    expect(new TextDecoder().decode(world.streams.output)).toBe('1234');
  });

  it('errors are text of their own', () => {
    const world = createSimulatedPlatform({ seed: 1 });
    world.streams.writeError('late: ');
    world.streams.writeError('3\n');
    expect(world.streams.errorText).toBe('late: 3\n');
  });
});
