/** Random sets of 32-bit numbers that meet every form of container and its borders. */
import fc from 'fast-check';

/** A stretch of numbers with a step, which fills containers to any degree. */
const stretch = fc
  .record({
    container: fc.constantFrom(0, 1, 2, 3, 9, 65_535),
    from: fc.integer({ min: 0, max: 65_535 }),
    count: fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(4095, 4096, 4097, 9000, 65_536),
    ),
    step: fc.integer({ min: 1, max: 17 }),
  })
  .map(({ container, from, count, step }) => {
    const numbers: number[] = [];
    for (let low = from; low < 65_536 && numbers.length < count; low += step) {
      numbers.push(container * 65_536 + low);
    }
    return numbers;
  });

const scattered = fc.array(fc.nat(4_294_967_295), { maxLength: 50 });

/** Up to four parts, some turned round, so that values also arrive in descending order. */
export const values: fc.Arbitrary<number[]> = fc
  .array(fc.tuple(fc.oneof(stretch, scattered), fc.boolean()), { maxLength: 4 })
  .map((parts) => parts.flatMap(([part, turned]) => (turned ? part.toReversed() : part)));
