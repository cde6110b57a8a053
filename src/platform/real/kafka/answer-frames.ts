/**
 * Cuts what a broker sends into answers: each has its length before it. A length that no answer has
 * is an UnusableAnswer at once, for it is how another protocol shows; kafkajs would wait for that
 * many bytes, or read on at a wrong place.
 */
import { readInt32 } from '../../../kafka/int64.ts';
import { UnusableAnswer } from './wire-reader.ts';

/** More than any fetch asks for: `fetch.max.bytes` is 50 MiB, and one record may be larger. */
export const ANSWER_BYTES_MAX = 128 * 1024 * 1024;

const LENGTH_BYTES = 4;
/** Of the correlation id, with which each answer begins. */
const ANSWER_BYTES_MIN = 4;

export interface AnswerFrame {
  readonly correlationId: number;
  readonly sizeBytes: number;
  /** Behind the correlation id; belongs to the receiver. */
  readonly payload: Uint8Array;
}

export class AnswerFrames {
  private readonly length = new Uint8Array(LENGTH_BYTES);
  private lengthBytes = 0;
  /** Of the answer that has begun; null between answers. */
  private body: Uint8Array | null = null;
  private bodyBytes = 0;
  private isFirst = true;

  /** The answers that are whole with this chunk. */
  push(chunk: Uint8Array): readonly AnswerFrame[] {
    const frames: AnswerFrame[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.body === null) at = this.readLength(chunk, at);
      const { body } = this;
      if (body === null) break;
      const wanted = body.length - this.bodyBytes;
      const piece = chunk.subarray(at, at + wanted);
      body.set(piece, this.bodyBytes);
      this.bodyBytes += piece.length;
      at += piece.length;
      if (this.bodyBytes < body.length) break;
      frames.push(frameOf(body));
      this.body = null;
      this.lengthBytes = 0;
    }
    return frames;
  }

  private readLength(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && this.lengthBytes < LENGTH_BYTES) {
      this.length[this.lengthBytes++] = chunk[at++] ?? 0;
    }
    if (this.lengthBytes < LENGTH_BYTES) return at;
    const size = readInt32(this.length, 0);
    if (size < ANSWER_BYTES_MIN || size > ANSWER_BYTES_MAX) {
      throw new UnusableAnswer(
        this.isFirst ? spokenBy(this.length, chunk) : `an answer of ${size} bytes`,
      );
    }
    this.isFirst = false;
    // Not cleared before: it is handed out only when it is full.
    this.body = Buffer.allocUnsafeSlow(size);
    this.bodyBytes = 0;
    return at;
  }
}

function frameOf(body: Uint8Array): AnswerFrame {
  return {
    correlationId: readInt32(body, 0),
    sizeBytes: body.length,
    payload: body.subarray(ANSWER_BYTES_MIN),
  };
}

/** TLS records of type alert, version 3.x. */
const TLS_ALERT = 0x15;
const TLS_MAJOR = 3;
const SHOWN_BYTES = 12;

/** Who says such a thing first is no Kafka broker, or one with TLS. */
function spokenBy(length: Uint8Array, chunk: Uint8Array): string {
  if (length[0] === TLS_ALERT && length[1] === TLS_MAJOR) {
    return 'the port speaks TLS: set security.protocol to SSL or SASL_SSL';
  }
  const text = Buffer.from(chunk.subarray(0, SHOWN_BYTES)).toString('latin1');
  return /^[\x20-\x7e]+/.test(text)
    ? `the port does not speak Kafka: it answered ${JSON.stringify(text)}`
    : 'the port does not speak Kafka';
}
