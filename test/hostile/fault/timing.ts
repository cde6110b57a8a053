/** Answers that come too slowly, not to their end, or too late. */
import { realTimers } from '../../../src/platform/real/timers.ts';
import { answerBytes, headBytes, bodyBytes, type Exchange } from '../../support/hostile-server.ts';
import type { Fault } from './fault.ts';

/** Slow enough that no answer is complete within a case's time limit. */
const DRIP_MS = 150;

export const timingFaults: readonly Fault[] = [
  { name: 'headers never come', class: 'lost', answer: untilGone },
  {
    name: 'headers byte by byte',
    class: 'lost',
    answer: (exchange) => drip(exchange, headBytes({ status: 200, body: null }, null)),
  },
  {
    name: 'the body byte by byte',
    class: 'lost',
    answer: async (exchange) => {
      await exchange.write(headBytes({ status: 200, body: null }, 10_000));
      await drip(exchange, Buffer.alloc(10_000, ' '));
    },
  },
  {
    name: 'the body stalls in the middle',
    class: 'lost',
    answer: async (exchange) => {
      await exchange.write(headBytes({ status: 200, body: null }, 10_000));
      await exchange.write('{"jobs":[');
      await untilGone(exchange);
    },
  },
  {
    name: 'interim answers for ever',
    class: 'lost',
    answer: (exchange) => drip(exchange, Buffer.alloc(4000, 'HTTP/1.1 102 Processing\r\n\r\n'), 27),
  },
  {
    name: 'the answer comes when the client has left',
    class: 'lost',
    answer: async (exchange) => {
      await untilGone(exchange);
      exchange.socket.write(answerBytes(exchange.honest()));
    },
  },
  {
    name: 'the body comes in pieces of one byte',
    class: 'readable',
    answer: async (exchange) => {
      const answer = exchange.honest();
      const body = bodyBytes(answer);
      await exchange.write(headBytes(answer, body.length));
      for (const byte of body.subarray(0, 200)) await exchange.write(Buffer.of(byte));
      await exchange.write(body.subarray(200));
    },
  },
];

/** Says nothing until the client hangs up. */
export function untilGone({ socket }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.once('close', () => resolve());
    socket.once('end', () => resolve());
  });
}

async function drip(exchange: Exchange, bytes: Buffer, step = 1): Promise<void> {
  for (let at = 0; at < bytes.length && !exchange.socket.destroyed; at += step) {
    await exchange.write(bytes.subarray(at, at + step));
    await new Promise<void>((resolve) => {
      realTimers.after(DRIP_MS, resolve);
    });
  }
}
