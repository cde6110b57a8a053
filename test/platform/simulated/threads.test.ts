import { describe, expect, it } from 'vitest';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import type { ThreadPort } from '../../../src/platform/simulated/threads.ts';
import type { Thread } from '../../../src/platform/threads.ts';

const entry = new URL('file:///entry.js');

function start(
  world: SimulatedPlatform,
  input: unknown = null,
): { readonly thread: Thread<unknown, unknown>; readonly messages: unknown[] } {
  const thread = world.threads.start<unknown, unknown>({
    entry,
    name: 'thread-1',
    input,
    limits: { heapMegabytesMax: 100 },
  });
  const messages: unknown[] = [];
  thread.onMessage((message) => messages.push(message));
  return { thread, messages };
}

function worldWith(run: (port: ThreadPort) => void, seed = 1): SimulatedPlatform {
  return createSimulatedPlatform({ seed, threadEntries: new Map([[entry.href, run]]) });
}

describe('simulated threads', () => {
  it('messages keep their order in both directions for every seed', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = worldWith((port) => port.onMessage((message) => port.post(message)), seed);
      const { thread, messages } = start(world);
      for (let number = 0; number < 10; number++) thread.post(number);
      await world.runUntilIdle();
      expect(messages).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('nothing is shared: input and messages are copies', async () => {
    const input = { list: [1] };
    const world = worldWith((port) => {
      input.list.push(2);
      port.post(port.input);
    });
    const { messages } = start(world, input);
    await world.runUntilIdle();
    expect(messages).toEqual([{ list: [1] }]);
  });

  it('an error that nobody caught ends the thread, not the world', async () => {
    const failure = new Error('inside');
    const world = worldWith(() => {
      throw failure;
    });
    const { thread } = start(world);
    expect(await world.drive(thread.exited)).toEqual({ kind: 'failed', error: failure });
  });

  it('a stopped thread says nothing more', async () => {
    const world = worldWith((port) => port.onMessage((message) => port.post(message)));
    const { thread, messages } = start(world);
    thread.post('first');
    await world.drive(thread.stop());
    await world.runUntilIdle();
    expect(messages).toEqual([]);
    expect(await thread.exited).toEqual({ kind: 'stopped' });
  });

  it('a thread can end by itself', async () => {
    const world = worldWith((port) => port.end());
    expect(await world.drive(start(world).thread.exited)).toEqual({ kind: 'ended', exitCode: 0 });
  });

  it('an entry that is not there is told at once', () => {
    const world = createSimulatedPlatform({ seed: 1 });
    expect(() => start(world)).toThrow('no simulated thread entry for file:///entry.js');
  });
});
