/** Answers that are broken as HTTP: cut, wrongly measured, wrongly packed, far too large. */
import { gzipSync } from 'node:zlib';
import {
  answerBytes,
  bodyBytes,
  headBytes,
  type Exchange,
  type HonestAnswer,
} from '../../support/hostile-server.ts';
import { changes, says, type Fault } from './fault.ts';

const MEBIBYTE = 1024 * 1024;
const CUTS = 20;
/** Of the answer, for a body that is cut off at the client's limit long before. */
export const HUGE_BODY_BYTES = 1024 * MEBIBYTE;

const cuts: readonly Fault[] = Array.from({ length: CUTS }, (_, index) => ({
  name: `cut off after ${index}/${CUTS} of it`,
  class: 'lost',
  mayPass: true,
  answer: says((exchange) => {
    const bytes = answerBytes(exchange.honest());
    return bytes.subarray(0, Math.floor((bytes.length * index) / CUTS));
  }),
}));

const ok: HonestAnswer = { status: 200, body: '{}' };

export const framingFaults: readonly Fault[] = [
  ...cuts,
  {
    name: 'reset instead of an answer',
    class: 'lost',
    mayPass: true,
    answer: ({ socket }) => {
      socket.resetAndDestroy();
      return Promise.resolve();
    },
  },
  {
    name: 'the server dies',
    class: 'lost',
    endsAll: true,
    answer: ({ vanish }) => {
      vanish();
      return Promise.resolve();
    },
  },
  {
    name: 'a content-length that is too long',
    class: 'lost',
    mayPass: true,
    answer: says(() => Buffer.concat([headBytes(ok, 1000), bodyBytes(ok)])),
  },
  {
    name: 'a content-length that is too short',
    class: 'not-flink',
    answer: says((exchange) => {
      const answer = exchange.honest();
      return Buffer.concat([headBytes(answer, 1), bodyBytes(answer)]);
    }),
  },
  { name: 'a negative content-length', class: 'lost', answer: framed('content-length: -5') },
  {
    name: 'two content-lengths',
    class: 'lost',
    answer: framed('content-length: 2\r\ncontent-length: 3'),
  },
  {
    name: 'a content-length that is no number',
    class: 'lost',
    answer: framed('content-length: many'),
  },
  {
    name: 'chunked and measured at once',
    class: 'lost',
    answer: framed('content-length: 2\r\ntransfer-encoding: chunked'),
  },
  {
    name: 'a chunk of no size',
    class: 'lost',
    answer: framed('transfer-encoding: chunked', 'zz\r\n{}\r\n0\r\n\r\n'),
  },
  {
    name: 'a chunk longer than it says',
    class: 'lost',
    answer: framed('transfer-encoding: chunked', '1\r\n{}\r\n0\r\n\r\n'),
  },
  {
    name: 'a chunk without an end',
    class: 'lost',
    mayPass: true,
    answer: framed('transfer-encoding: chunked', '2\r\n{}\r\n'),
  },
  {
    name: 'a gzip bomb',
    class: 'not-flink',
    answer: changes((answer) => ({
      ...answer,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(8 * MEBIBYTE, ' ')),
    })),
  },
  {
    name: 'said to be compressed by something unknown',
    class: 'not-flink',
    answer: changes((answer) => ({ ...answer, headers: { 'content-encoding': 'br, zstd' } })),
  },
  { name: 'a body that does not end', class: 'lost', answer: endless, isHeavy: true },
  { name: 'a hundred thousand headers', class: 'lost', answer: says(manyHeaders) },
  {
    name: 'a header of a megabyte',
    class: 'lost',
    answer: says(() => `HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(MEBIBYTE)}\r\n\r\n{}`),
  },
  {
    name: 'an HTTP/0.9 answer',
    class: 'lost',
    answer: says(() => '<html>welcome</html>\r\n'),
  },
  { name: 'the greeting of SSH', class: 'lost', answer: says(() => 'SSH-2.0-OpenSSH_9.6\r\n') },
  { name: 'bytes at random', class: 'lost', answer: says(() => noise(4096)) },
  {
    name: 'an HTTP version of the future',
    class: 'lost',
    answer: says(() => 'HTTP/7.3 200 OK\r\n\r\n{}'),
  },
  {
    name: 'a status that is no number',
    class: 'lost',
    answer: says(() => 'HTTP/1.1 OK 200\r\n\r\n{}'),
  },
  {
    name: 'a header with NUL',
    class: 'lost',
    answer: framed('x-a: b\u0000c\r\ncontent-length: 2'),
  },
  {
    name: 'a header without a colon',
    class: 'lost',
    answer: framed('nothing here\r\ncontent-length: 2'),
  },
  {
    name: 'another protocol instead of an answer',
    class: 'lost',
    answer: says(() => 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'),
  },
  {
    name: 'a second answer in one go',
    class: 'readable',
    answer: (exchange) => {
      const answer = answerBytes(exchange.honest());
      return exchange.write(Buffer.concat([answer, answerBytes(ok)]));
    },
  },
  {
    name: 'the wrong charset in the header',
    class: 'readable',
    answer: labelled('text/plain; charset=UTF-16'),
  },
  { name: 'no content-type', class: 'readable', answer: labelled('') },
  {
    name: 'a byte order mark',
    class: 'readable',
    answer: changes((answer) => ({
      ...answer,
      body: Buffer.concat([Buffer.from('\ufeff'), bodyBytes(answer)]),
    })),
  },
  {
    name: 'UTF-16 instead of UTF-8',
    class: 'not-flink',
    answer: changes((answer) => ({
      ...answer,
      body: Buffer.from(`\ufeff${bodyBytes(answer).toString()}`, 'utf16le'),
    })),
  },
  {
    name: 'an interim answer before the answer',
    class: 'readable',
    answer: async (exchange) => {
      await exchange.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
      await exchange.write(answerBytes(exchange.honest()));
    },
  },
  {
    name: 'chunked, as proxies do',
    class: 'readable',
    answer: (exchange) => {
      const answer = exchange.honest();
      const body = bodyBytes(answer);
      const head = headBytes({ ...answer, headers: { 'transfer-encoding': 'chunked' } }, null);
      const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body]);
      return exchange.write(Buffer.concat([head, chunk, Buffer.from('\r\n0\r\n\r\n')]));
    },
  },
  {
    name: 'ended by the end of the connection',
    class: 'readable',
    answer: says((exchange) => {
      const answer = exchange.honest();
      const head = headBytes({ ...answer, headers: { connection: 'close' } }, null);
      return Buffer.concat([head, bodyBytes(answer)]);
    }),
  },
];

function framed(headers: string, body = '{}'): Fault['answer'] {
  return says(() => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`);
}

function labelled(type: string): Fault['answer'] {
  return changes((answer) => ({ ...answer, headers: { 'content-type': type } }));
}

function manyHeaders(): string {
  const lines = Array.from({ length: 100_000 }, (_, index) => `x-${index}: 1\r\n`);
  return `HTTP/1.1 200 OK\r\n${lines.join('')}\r\n{}`;
}

/** The same bytes in every run. */
function noise(length: number): Buffer {
  let state = 12345;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return (state >> 16) & 0xff;
    }),
  );
}

/** As many bytes as the client takes. */
export async function endless(exchange: Exchange): Promise<void> {
  await exchange.write(headBytes({ status: 200, body: null }, HUGE_BODY_BYTES));
  const piece = Buffer.alloc(MEBIBYTE, '[');
  for (let sent = 0; sent < HUGE_BODY_BYTES && !exchange.socket.destroyed; sent += piece.length) {
    await exchange.write(piece);
  }
}
