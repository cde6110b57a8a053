import { describe, expect, it } from 'vitest';
import { threadEntry } from '../../../src/platform/real/thread-entry.ts';
import { realThreads } from '../../../src/platform/real/threads.ts';
import type { Thread } from '../../../src/platform/threads.ts';

function start(input: unknown, heapMegabytesMax = 64): Thread<unknown, unknown> {
  const entry = new URL('./echo-thread.mjs', import.meta.url);
  return realThreads.start({ entry, name: 'echo', input, limits: { heapMegabytesMax } });
}

/** Listens late, and waits for so many messages. */
function messages(thread: Thread<unknown, unknown>, count: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    const seen: unknown[] = [];
    thread.onMessage((message) => {
      seen.push(message);
      if (seen.length === count) resolve(seen);
    });
  });
}

describe('real threads', () => {
  it('messages arrive in order, those before the listener too', async () => {
    const thread = start({ number: 1 });
    thread.post('a');
    thread.post('b');
    expect(await messages(thread, 3)).toEqual([
      { started: { number: 1 } },
      { echo: 'a' },
      { echo: 'b' },
    ]);
    await thread.stop();
    await thread.stop();
    expect(await thread.exited).toEqual({ kind: 'stopped' });
  });

  it('a transferred buffer moves instead of being copied', async () => {
    const thread = start(null);
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    thread.post(buffer, [buffer]);
    expect(buffer.byteLength).toBe(0);
    const [, echo] = await messages(thread, 2);
    expect(echo).toEqual({ echo: new Uint8Array([1, 2, 3]).buffer });
    await thread.stop();
  });

  it('a thread can end by itself', async () => {
    const thread = start(null);
    thread.post('end');
    expect(await thread.exited).toEqual({ kind: 'ended', exitCode: 0 });
  });

  it('an error that nobody caught is how the thread ended', async () => {
    expect(await start('throw').exited).toMatchObject({
      kind: 'failed',
      error: { message: 'thrown inside' },
    });
  });

  it('a thread that needs more memory than allowed dies alone', async () => {
    expect(await start('exhaust', 16).exited).toMatchObject({
      kind: 'failed',
      error: { code: 'ERR_WORKER_OUT_OF_MEMORY' },
    });
  });

  it('an entry that is not there is how the thread ended', async () => {
    const entry = new URL('./no-such-entry.mjs', import.meta.url);
    const limits = { heapMegabytesMax: 64 };
    const thread = realThreads.start({ entry, name: 'none', input: null, limits });
    expect(await thread.exited).toMatchObject({ kind: 'failed' });
  });
});

describe('the address of a thread entry', () => {
  it('from sources is the module itself', () => {
    const from = 'file:///drey/src/platform/real/thread-entry.ts';
    expect(threadEntry('engine/task/task-thread', from).href).toBe(
      'file:///drey/src/engine/task/task-thread.ts',
    );
  });

  it('in the bundle is a file of its own, from whatever chunk it is asked', () => {
    for (const chunk of ['chunk-A1.js', 'commands/run.js', 'chunks/deep/x.js']) {
      const from = `file:///lib/dist/drey/dist/${chunk}`;
      expect(threadEntry('engine/task/task-thread', from).href).toBe(
        'file:///lib/dist/drey/dist/threads/engine-task-task-thread.js',
      );
    }
  });
});
