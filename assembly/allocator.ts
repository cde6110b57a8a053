/**
 * Gives out and takes back blocks of the linear memory. Sizes are rounded up to powers of two, and
 * a block that comes back waits for the next request of its size: tables double as they grow, so
 * what one table leaves the next one takes. Blocks are never split or joined, so what is taken from
 * the memory in all is at most the sum, over the sizes, of the most that was ever in use at once.
 * Every block starts on a cache line.
 */
import { refuseAllocation } from './host';

/** The smallest block is a cache line. */
const BLOCK_BYTES_MIN: usize = 64;
const ORDER_MIN: u32 = 6;
const ORDER_MAX: u32 = 31;
const PAGE_SHIFT: u32 = 16;
/** The memory grows by at least a quarter of itself, and by this many pages. */
const GROWTH_SHIFT: u32 = 2;
const GROWTH_PAGES_MIN: u32 = 16;

/** First free block of each order, whose first word is the address of the next one. */
const freeBlocks = memory.data(sizeof<u32>() << 5, 16);

/** Everything from here on was never given out. */
let untouchedFrom: usize = (__heap_base + BLOCK_BYTES_MIN - 1) & ~(BLOCK_BYTES_MIN - 1);

// @ts-ignore: decorator
@inline
function orderOf(byteCount: usize): u32 {
  return byteCount <= BLOCK_BYTES_MIN ? ORDER_MIN : 32 - <u32>clz<u32>(<u32>byteCount - 1);
}

/** Address of a block of at least `byteCount` bytes with anything in it. */
export function allocate(byteCount: usize): usize {
  const order = orderOf(byteCount);
  if (order > ORDER_MAX) refuseAllocation(<f64>byteCount);
  const list = freeBlocks + ((<usize>order) << 2);
  const block = load<usize>(list);
  if (block == 0) return takeUntouched(order);
  store<usize>(list, load<usize>(block));
  return block;
}

/** As `allocate`, filled with zeros. */
export function allocateZeroed(byteCount: usize): usize {
  const block = allocate(byteCount);
  // Memory that was never used is zero already. Writing to it nevertheless keeps the system from
  // mapping each page twice: of zeros for the first read, and anew for the first write.
  memory.fill(block, 0, byteCount);
  return block;
}

/** Takes a block back; `byteCount` is what was asked for. */
export function release(block: usize, byteCount: usize): void {
  const list = freeBlocks + ((<usize>orderOf(byteCount)) << 2);
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
}

/**
 * A block of `newBytes` with the first `usedBytes` of `block`, which had `oldBytes` and is given up.
 */
export function resize(block: usize, usedBytes: usize, oldBytes: usize, newBytes: usize): usize {
  if (orderOf(oldBytes) == orderOf(newBytes)) return block;
  const other = allocate(newBytes);
  memory.copy(other, block, usedBytes);
  release(block, oldBytes);
  return other;
}

/** Bytes between the start of the memory and what was never given out. */
export function reachedBytes(): usize {
  return untouchedFrom;
}

function takeUntouched(order: u32): usize {
  const block = untouchedFrom;
  const end = <u64>block + ((<u64>1) << order);
  const pages = <u64>memory.size();
  if (end > pages << PAGE_SHIFT) {
    const missing = <u32>((end - (pages << PAGE_SHIFT) + 0xffff) >> PAGE_SHIFT);
    const wanted = max(missing, max((<u32>pages) >> GROWTH_SHIFT, GROWTH_PAGES_MIN));
    if (memory.grow(wanted) < 0 && memory.grow(missing) < 0)
      refuseAllocation(<f64>((<u64>1) << order));
  }
  untouchedFrom = <usize>end;
  return block;
}
