/** Random numbers of the operating system. */
import type { Random } from '../random.ts';

/** Loaded with its first use, as the module is large. */
const randomBytes = (byteCount: number): Buffer =>
  process.getBuiltinModule('node:crypto').randomBytes(byteCount);

export const realRandom: Random = {
  next() {
    const bytes = randomBytes(8);
    // 53 bits: 26 from the first word, 27 from the second.
    const high = bytes.readUInt32LE(0) >>> 6;
    const low = bytes.readUInt32LE(4) >>> 5;
    return (high * 2 ** 27 + low) / 2 ** 53;
  },
  bytes: (byteCount) => new Uint8Array(randomBytes(byteCount)),
};
