/**
 * The memory that a job's kernels work in: the blocks that sources read into, and the tables of
 * dictionaries and windows. It belongs to one job and goes with it. It holds up to 4 GiB, grows as
 * needed and does not shrink: what is released is used again.
 *
 * Typed arrays can be made here and used from JavaScript as any other. Kernels use such an array
 * where it is, and a copy of any other.
 */
import { EngineError } from '../../errors/drey-error.ts';
import { bindKernels, type Kernels } from './kernels.ts';

const PAGE_BYTES = 65_536;
/** As scripts/kernels.ts compiles them. */
const PAGES_INITIAL = 16;
const PAGES_MAX = 65_535;

type WordArray = Int32Array | Float64Array | Uint8Array;

export class LinearMemory {
  readonly kernels: Kernels;
  private readonly memory: WebAssembly.Memory;
  /** What `memory.buffer` has been so far: it is another object each time the memory has grown. */
  private readonly buffers = new Set<ArrayBufferLike>();
  private latest: ArrayBufferLike;
  private wholeView: DataView;
  /** Address and size of the areas that arrays from elsewhere are copied to. */
  private readonly scratches: { address: number; byteCount: number }[] = [];

  constructor() {
    // Shared, although no other thread knows of it: arrays on a shared memory stay valid when it
    // grows, those on another kind are cut off.
    this.memory = new WebAssembly.Memory({
      initial: PAGES_INITIAL,
      maximum: PAGES_MAX,
      shared: true,
    });
    this.kernels = bindKernels(this.memory, refuseAllocation);
    this.latest = this.memory.buffer;
    this.buffers.add(this.latest);
    this.wholeView = new DataView(this.latest);
  }

  /** All of the memory; to be asked for again after anything was allocated. */
  get view(): DataView {
    this.refresh();
    return this.wholeView;
  }

  /** A new array of zeros; its byteOffset is its address. */
  int32Array(length: number): Int32Array {
    const address = this.kernels.allocateZeroed(length * Int32Array.BYTES_PER_ELEMENT);
    return new Int32Array(this.refresh(), address, length);
  }

  /** New bytes with anything in them; their byteOffset is their address. */
  bytes(length: number): Uint8Array {
    const address = this.kernels.allocate(length);
    return new Uint8Array(this.refresh(), address, length);
  }

  /** A new array of zeros; its byteOffset is its address. */
  uint8Array(length: number): Uint8Array {
    const address = this.kernels.allocateZeroed(length);
    return new Uint8Array(this.refresh(), address, length);
  }

  /** A new array of zeros; its byteOffset is its address. */
  float64Array(length: number): Float64Array {
    const address = this.kernels.allocateZeroed(length * Float64Array.BYTES_PER_ELEMENT);
    return new Float64Array(this.refresh(), address, length);
  }

  /** The words from `address` on; valid as long as what is there. */
  int32ArrayAt(address: number, length: number): Int32Array {
    return new Int32Array(this.refresh(), address, length);
  }

  /** The bytes from `address` on; valid as long as what is there. */
  uint8ArrayAt(address: number, length: number): Uint8Array {
    return new Uint8Array(this.refresh(), address, length);
  }

  /** Gives up an array that was made here; it must not be used any more. */
  release(array: WordArray): void {
    this.kernels.release(array.byteOffset, array.byteLength);
  }

  /** True when the array lies in this memory. */
  holds(array: WordArray): boolean {
    return this.buffers.has(array.buffer);
  }

  /**
   * The address of the array's content: its own, or that of a copy of the first `length` entries
   * in the scratch area with this number, which stays there until its next use.
   */
  addressOf(array: WordArray, length: number, scratch: number): number {
    if (this.holds(array)) return array.byteOffset;
    const address = this.scratch(scratch, length * array.BYTES_PER_ELEMENT);
    const source = length === array.length ? array : array.subarray(0, length);
    if (source instanceof Uint8Array) this.uint8ArrayAt(address, length).set(source);
    else if (source instanceof Int32Array) this.int32ArrayAt(address, length).set(source);
    else new Float64Array(this.refresh(), address, length).set(source);
    return address;
  }

  /** Address of a scratch area of at least this size, with anything in it. */
  scratch(index: number, byteCount: number): number {
    const known = this.scratches[index];
    if (known !== undefined && known.byteCount >= byteCount) return known.address;
    if (known !== undefined) this.kernels.release(known.address, known.byteCount);
    const area = { address: this.kernels.allocate(byteCount), byteCount };
    this.scratches[index] = area;
    return area.address;
  }

  private refresh(): ArrayBufferLike {
    const { buffer } = this.memory;
    if (buffer !== this.latest) {
      this.latest = buffer;
      this.buffers.add(buffer);
      this.wholeView = new DataView(buffer);
    }
    return buffer;
  }
}

function refuseAllocation(byteCount: number): never {
  const limit = PAGES_MAX * PAGE_BYTES;
  throw new EngineError(
    'DREY_STATE_TOO_LARGE',
    `the state of windows and groups does not fit into the memory of a job: ${byteCount} more bytes are needed, ${limit} are the most`,
    {
      hint: 'Make the windows or state-ttl shorter, or group by fewer or coarser columns.',
      details: { neededBytes: byteCount, limitBytes: limit },
    },
  );
}
