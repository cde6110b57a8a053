import { describe, expect, test } from 'vitest';
import { failOnDeadRecord } from '../../../../src/engine/connector/dead-record-policy.ts';
import { StdinSource } from '../../../../src/engine/connector/stdin/stdin-source.ts';
import type { StandardStreams } from '../../../../src/platform/standard-streams.ts';
import { createLineDecoder, lineSchema } from '../line-decoder.ts';
import { pollRows, readRows, snapshotOf } from '../read-split.ts';
import { testMemory } from '../../../support/test-memory.ts';

/** Standard input that gives one of `pieces` at each read. */
function streamsOf(pieces: readonly string[]): StandardStreams {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return {
    readInput(target, offset, length) {
      const piece = left.shift() ?? new Uint8Array(0);
      target.set(piece.subarray(0, length), offset);
      if (piece.length > length) left.unshift(piece.subarray(length));
      return Promise.resolve(Math.min(piece.length, length));
    },
    writeOutput: () => Promise.resolve(true),
    writeError: () => undefined,
  };
}

function sourceOf(streams: StandardStreams): StdinSource {
  const options = { name: 'events', schema: lineSchema, createDecoder: createLineDecoder };
  return new StdinSource(
    { ...options, maxRecordBytes: 100, memory: testMemory, onDeadRecord: failOnDeadRecord },
    streams,
  );
}

describe('standard input', () => {
  test('is one split without a known size, read to its end', async () => {
    const source = sourceOf(streamsOf(['a\nb', 'c\n', 'd']));
    const [reader] = await source.open();
    expect(reader!.name).toBe('stdin');
    expect(await readRows(reader!)).toEqual(['a', 'bc', 'd']);
    expect(source.progress()).toEqual({ bytesRead: 6, bytesTotal: null });
  });

  test('brings a row as soon as its line has come', async () => {
    const [reader] = await sourceOf(streamsOf(['a\n', 'b\nc', '\n'])).open();
    expect(await pollRows(reader!)).toEqual(['a']);
    expect(await pollRows(reader!)).toEqual(['b']);
    expect(await pollRows(reader!)).toEqual(['c']);
    expect(await pollRows(reader!)).toBeNull();
  });

  test('starts anew after a restore', async () => {
    const [first] = await sourceOf(streamsOf(['a\n', 'b\n'])).open();
    await pollRows(first!);
    const [second] = await sourceOf(streamsOf(['x\n!y\n'])).open();
    second!.restoreState(snapshotOf(first!));
    await expect(readRows(second!)).rejects.toMatchObject({
      message: 'source events, stdin, line 2: column text: starts with !',
    });
  });
});
