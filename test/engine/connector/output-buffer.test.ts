import { describe, expect, test } from 'vitest';
import { OUTPUT_BYTES_MAX, OutputBuffer } from '../../../src/engine/connector/output-buffer.ts';

function write(buffer: OutputBuffer, byte: number, count: number): void {
  buffer.reserve(count).fill(byte, buffer.length, buffer.length + count);
  buffer.advance(count);
}

describe('an output buffer', () => {
  test('keeps what was taken while the next content is written', () => {
    const buffer = new OutputBuffer();
    write(buffer, 1, 100_000);
    const first = buffer.take();
    expect(buffer.length).toBe(0);
    write(buffer, 2, 200_000);
    expect(first).toEqual(new Uint8Array(100_000).fill(1));
    expect(buffer.take()).toEqual(new Uint8Array(200_000).fill(2));
  });

  test('keeps its content when it grows', () => {
    const buffer = new OutputBuffer();
    for (let i = 0; i < 20; i++) write(buffer, i, 50_000);
    const content = buffer.take();
    expect(content).toHaveLength(1_000_000);
    for (let i = 0; i < 20; i++) expect(content[i * 50_000 + 49_999]).toBe(i);
  });

  test('is full from its limit on', () => {
    const buffer = new OutputBuffer();
    write(buffer, 1, OUTPUT_BYTES_MAX - 1);
    expect(buffer.isFull).toBe(false);
    write(buffer, 1, 1);
    expect(buffer.isFull).toBe(true);
    buffer.take();
    expect(buffer.isFull).toBe(false);
  });
});
