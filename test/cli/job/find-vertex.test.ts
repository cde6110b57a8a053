import { expect, test } from 'vitest';
import { findVertex } from '../../../src/cli/job/find-vertex.ts';
import { DreyError } from '../../../src/errors/drey-error.ts';
import { decodeJobDetails } from '../../../src/flink/model/job.ts';

const first = `abcdef${'1'.repeat(26)}`;
const second = `abcdef${'2'.repeat(26)}`;
const third = `b71731${'3'.repeat(26)}`;
const { vertices } = decodeJobDetails({
  jid: '0'.repeat(32),
  state: 'RUNNING',
  vertices: [
    { id: first, name: 'Source: orders' },
    { id: second, name: 'count -> Sink: out' },
    { id: third, name: 'count' },
  ],
});

test.each([
  ['a whole id', second, second],
  ['an id in capitals', third.toUpperCase(), third],
  ['a prefix of an id', 'b71731', third],
  ['a whole name, before a part of another', 'count', third],
  ['a part of a name', 'sink', second],
])('is found by %s', (_, argument, expected) => {
  expect(findVertex(vertices, argument).vertexId).toBe(expected);
});

test.each([
  ['an ambiguous prefix', 'abcdef', /names 2 vertices: abcdef11 Source: orders; abcdef22 /],
  ['an unknown name', 'nope', /has no vertex "nope"; it has abcdef11 Source: orders; /],
  ['an empty name', '', /has no vertex ""/],
])('is refused for %s', (_, argument, message) => {
  expect(() => findVertex(vertices, argument)).toThrow(message);
  expect(() => findVertex(vertices, argument)).toThrow(DreyError);
});
