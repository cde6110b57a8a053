import { closeSync, openSync } from 'node:fs';
import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { RealStandardStreams } from '../../../src/platform/real/standard-streams.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

function streams(parts: { stdin?: Readable; stdout?: Writable }): {
  readonly streams: RealStandardStreams;
  readonly stderr: PassThrough;
} {
  const stderr = new PassThrough();
  const stdin = parts.stdin ?? Readable.from([]);
  const stdout = parts.stdout ?? new PassThrough();
  return { streams: new RealStandardStreams({ stdin, stdout, stderr }), stderr };
}

describe('real standard streams', () => {
  it('input is given in the pieces that the reader has room for', async () => {
    const { streams: tested } = streams({ stdin: Readable.from([text('abc'), text('defgh')]) });
    const target = new Uint8Array(6);
    const parts: string[] = [];
    for (;;) {
      const count = await tested.readInput(target, 1, 4);
      if (count === 0) break;
      parts.push(new TextDecoder().decode(target.subarray(1, 1 + count)));
    }
    expect(parts).toEqual(['abc', 'defg', 'h']);
    expect(await tested.readInput(target, 0, 6)).toBe(0);
  });

  it('input that nobody reads is not pulled ahead without bound', async () => {
    let pulled = 0;
    const stdin = new Readable({
      highWaterMark: 64 * 1024,
      read() {
        pulled += 64 * 1024;
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    const { streams: tested } = streams({ stdin });
    for (let reads = 0; reads < 10; reads++) {
      await tested.readInput(new Uint8Array(1024), 0, 1024);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pulled).toBeLessThanOrEqual(4 * 64 * 1024);
  });

  it('a failing input has a code', async () => {
    const stdin = new Readable({
      read() {
        this.destroy(Object.assign(new Error('EISDIR'), { code: 'EISDIR', syscall: 'read' }));
      },
    });
    const { streams: tested } = streams({ stdin });
    await expect(tested.readInput(new Uint8Array(1), 0, 1)).rejects.toMatchObject({
      code: 'DREY_FILE_WRONG_KIND',
      message: 'cannot read standard input: it is a folder (EISDIR)',
    });
  });

  it('a folder as input is refused, not taken for an empty file', async () => {
    const folder = openSync('.', 'r');
    const stdin = Object.assign(Readable.from([]), { fd: folder });
    const { streams: tested } = streams({ stdin });
    await expect(tested.readInput(new Uint8Array(1), 0, 1)).rejects.toMatchObject({
      code: 'DREY_FILE_WRONG_KIND',
    });
    closeSync(folder);
  });

  it('a write resolves when the reader took it, not before', async () => {
    let release: () => void = () => undefined;
    const taken: string[] = [];
    const stdout = new Writable({
      write(chunk: Uint8Array, _encoding, done) {
        taken.push(new TextDecoder().decode(chunk));
        release = done;
      },
    });
    const { streams: tested } = streams({ stdout });
    let isDone = false;
    const write = tested.writeOutput(text('rows')).then((answer) => {
      isDone = true;
      return answer;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    release();
    expect(await write).toBe(true);
    expect(taken).toEqual(['rows']);
  });

  it('a closed pipe is an answer, not an error, for this write and all later ones', async () => {
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('EPIPE'), { code: 'EPIPE', syscall: 'write' }));
      },
    });
    const { streams: tested } = streams({ stdout });
    expect(await tested.writeOutput(text('rows'))).toBe(false);
    expect(await tested.writeOutput(text('more'))).toBe(false);
  });

  it('a full disk behind standard output has a code', async () => {
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' }));
      },
    });
    const { streams: tested } = streams({ stdout });
    await expect(tested.writeOutput(text('rows'))).rejects.toMatchObject({
      code: 'DREY_FILE_NO_SPACE',
    });
  });

  it('a closed standard error does not end the process', async () => {
    const stderr = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('EPIPE'), { code: 'EPIPE', syscall: 'write' }));
      },
    });
    const tested = new RealStandardStreams({
      stdin: Readable.from([]),
      stdout: new PassThrough(),
      stderr,
    });
    tested.writeError('late: 3\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(stderr.destroyed).toBe(true);
  });

  it('errors go to their own stream', () => {
    const { streams: tested, stderr } = streams({});
    tested.writeError('late: 3\n');
    expect(String(stderr.read())).toBe('late: 3\n');
  });
});
