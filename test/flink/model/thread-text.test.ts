import { expect, test } from 'vitest';
import { framesOf, readThread } from '../../../src/flink/model/thread-text.ts';

const read = (text: string) => readThread({ name: 'given', text });

test('state, lock and stack of a waiting thread are read', () => {
  const thread = read(
    '"main" Id=1 WAITING on java.util.concurrent.CompletableFuture$Signaller@1bc7\n' +
      '\tat java.base@17.0.15/jdk.internal.misc.Unsafe.park(Native Method)\n' +
      '\t-  waiting on java.util.concurrent.CompletableFuture$Signaller@1bc7\n' +
      '\tat java.base@17.0.15/java.util.concurrent.locks.LockSupport.park(LockSupport.java:211)\n\n',
  );
  expect(thread).toMatchObject({
    threadId: 1,
    state: 'WAITING',
    waitsFor: 'java.util.concurrent.CompletableFuture$Signaller@1bc7',
    heldBy: null,
    isNative: false,
  });
  expect(thread.stack).toHaveLength(3);
  expect(framesOf(thread)).toHaveLength(2);
});

test.each([
  ['"a" Id=4 RUNNABLE', { state: 'RUNNABLE', isNative: false }],
  ['"a" Id=8 RUNNABLE (in native)', { state: 'RUNNABLE', isNative: true }],
  ['"a" daemon prio=5 Id=8 TIMED_WAITING', { threadId: 8, state: 'TIMED_WAITING' }],
  ['"count "x" -> y (1/2)#0" Id=7 RUNNABLE', { threadId: 7, state: 'RUNNABLE' }],
  [
    '"a" Id=5 BLOCKED on x.Y@12 owned by "b c" Id=6',
    { state: 'BLOCKED', waitsFor: 'x.Y@12', heldBy: { name: 'b c', threadId: 6 } },
  ],
])('the first line %s is understood', (text, expected) => {
  expect(read(text)).toMatchObject(expected);
});

test('a text of another form keeps its name and lines', () => {
  expect(read('something else\n  at a.B(C.java)')).toEqual({
    name: 'given',
    threadId: null,
    state: null,
    waitsFor: null,
    heldBy: null,
    isNative: false,
    stack: ['something else', 'at a.B(C.java)'],
  });
});
