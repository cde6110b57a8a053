/**
 * How answers of Redis look as bytes: the part of @redis/client that reads them. A module of its
 * own, loaded with the first connection, because a bundle gives no names of a CommonJS module that
 * is imported when needed.
 */
import { Decoder } from '@redis/client/dist/lib/RESP/decoder.js';

export type RedisDecoder = Decoder;

/** Told of answers and refusals in their order. */
export function createDecoder(take: {
  readonly reply: (reply: unknown) => void;
  readonly refusal: (message: string) => void;
}): RedisDecoder {
  return new Decoder({
    onReply: take.reply,
    onErrorReply: (error) => {
      take.refusal(error.message);
    },
    onPush: () => undefined,
    getTypeMapping: () => ({}),
  });
}
