/**
 * The kernels of assembly/, compiled once in a process, and what they offer. Addresses are bytes
 * from the start of a LinearMemory; structures (a dictionary, a pair log) are known by the address
 * of their head. What each kernel does is said where it is written, in assembly/.
 */
import { KERNEL_BINARY } from './kernel-binary.ts';

export interface Kernels {
  allocate(byteCount: number): number;
  allocateZeroed(byteCount: number): number;
  release(address: number, byteCount: number): void;
  reachedBytes(): number;

  createDictionary(): number;
  releaseDictionary(dictionary: number): void;
  dictionarySizeBytes(dictionary: number): number;
  keyCount(dictionary: number): number;
  idLimit(dictionary: number): number;
  internKeys(
    dictionary: number,
    block: number,
    starts: number,
    lengths: number,
    count: number,
    ids: number,
  ): void;
  findKeys(
    dictionary: number,
    block: number,
    starts: number,
    lengths: number,
    count: number,
    ids: number,
  ): void;
  holdsId(dictionary: number, id: number): number;
  keyLength(dictionary: number, id: number): number;
  keyAddress(dictionary: number, id: number): number;
  keysSizeBytes(dictionary: number, ids: number, count: number): number;
  copyKeys(
    dictionary: number,
    ids: number,
    count: number,
    target: number,
    starts: number,
    lengths: number,
  ): void;
  placeKeys(lengths: number, count: number, byteCount: number, starts: number): number;
  groupsOfKeys(
    block: number,
    starts: number,
    lengths: number,
    count: number,
    groupCount: number,
    nullHash: number,
    groups: number,
  ): void;
  expectKeys(dictionary: number, times: number): void;
  retainKeys(dictionary: number, used: number): void;
  beginRestore(dictionary: number, idLimit: number): void;
  restoreKey(dictionary: number, id: number, address: number, length: number): void;
  endRestore(dictionary: number): void;

  createPairLog(): number;
  releasePairLog(log: number): void;
  pairLogSizeBytes(log: number): number;
  loggedPairs(log: number): number;
  compactPairs(log: number): number;
  logPairs(
    log: number,
    rows: number,
    count: number,
    slots: number,
    ids: number,
    nulls: number,
  ): void;
  compactPairLog(log: number, slotCount: number, idLimit: number, counts: number): void;
  idsOfSlot(log: number, slot: number): number;
  idCountOfSlot(log: number, slot: number): number;
  dropSlot(log: number, slot: number): void;
  logLists(log: number, listCount: number, slots: number, counts: number, ids: number): void;
  compactOffsets(log: number): number;
  compactIds(log: number): number;
  markLoggedIds(log: number, used: number): void;

  createPairSet(): number;
  releasePairSet(set: number): void;
  pairSetSizeBytes(set: number): number;
  pairSetSize(set: number): number;
  addPairs(
    set: number,
    rows: number,
    count: number,
    slots: number,
    ids: number,
    nulls: number,
    fresh: number,
  ): number;
  addPair(set: number, slot: number, id: number): void;
  clearPairs(set: number, slot: number): void;
  copyPairs(set: number, target: number): void;
  idCountOfPairs(set: number, slot: number): number;
  copyIdsOfPairs(set: number, slot: number, target: number): void;
  markPairIds(set: number, used: number): void;

  assignSlots(
    rows: number,
    count: number,
    keyIds: number,
    slotOfKey: number,
    keyOfSlot: number,
    slotCount: number,
    slots: number,
  ): number;
  countRows(rows: number, count: number, slots: number, counts: number): void;
  countChosen(rows: number, count: number, slots: number, isCounted: number, counts: number): void;
  chooseRows(
    rowCount: number,
    passes: number,
    nulls: number,
    otherNulls: number,
    isChosen: number,
  ): void;

  equalTexts(
    block: number,
    starts: number,
    lengths: number,
    nulls: number,
    rowCount: number,
    constant: number,
    size: number,
    target: number,
  ): void;
  takeShortTexts(
    block: number,
    starts: number,
    lengths: number,
    nulls: number,
    rowCount: number,
    skipped: number,
    until: number,
    newStarts: number,
    newLengths: number,
    odd: number,
  ): number;
  hashTexts(
    block: number,
    starts: number,
    lengths: number,
    nulls: number,
    rowCount: number,
    nullHash: number,
    hashes: number,
  ): void;
  mixTexts(
    block: number,
    starts: number,
    lengths: number,
    nulls: number,
    rowCount: number,
    nullHeader: number,
    hashes: number,
    keyLengths: number,
  ): void;
  textBytes(rows: number, count: number, lengths: number, nulls: number): number;
  appendTexts(
    rows: number,
    count: number,
    block: number,
    starts: number,
    lengths: number,
    nulls: number,
    target: number,
    place: number,
    newStarts: number,
    newLengths: number,
  ): number;

  createJsonReader(columnCount: number, failsOnMissing: number): number;
  releaseJsonReader(reader: number): void;
  defineJsonColumn(
    reader: number,
    index: number,
    kind: number,
    isNullable: number,
    name: number,
    length: number,
  ): void;
  placeJsonColumn(
    reader: number,
    index: number,
    values: number,
    lengths: number,
    nulls: number,
  ): void;
  setJsonScratch(reader: number, scratchAt: number, scratchEnd: number): void;
  readJsonRows(
    reader: number,
    block: number,
    from: number,
    to: number,
    row: number,
    rowEnd: number,
    starts: number,
  ): void;
  jsonReaderAt(reader: number): number;
  jsonReaderRow(reader: number): number;
  jsonReaderBlankLines(reader: number): number;
  jsonReaderScratchAt(reader: number): number;
  jsonColumnHasNulls(reader: number, index: number): number;

  createJsonWriter(columnCount: number, leavesOutNulls: number): number;
  releaseJsonWriter(writer: number): void;
  defineWrittenColumn(writer: number, index: number, prefix: number, prefixBytes: number): void;
  defineWrittenSuffix(writer: number, suffix: number, suffixBytes: number): void;
  defineTimestampSyntax(writer: number, index: number, separator: number, endsWithZ: number): void;
  placeWrittenColumn(
    writer: number,
    index: number,
    kind: number,
    values: number,
    lengths: number,
    nulls: number,
    block: number,
  ): void;
  writtenBytesMax(writer: number, from: number, to: number): number;
  writeJsonRows(writer: number, from: number, to: number, target: number): number;
}

let compiled: WebAssembly.Module | null = null;

/** Binds the kernels to a memory. `refuse` is called when it cannot grow; it must throw. */
export function bindKernels(
  memory: WebAssembly.Memory,
  refuse: (byteCount: number) => never,
): Kernels {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BINARY, 'base64'));
  const imports = { env: { memory }, host: { refuseAllocation: refuse } };
  const { exports } = new WebAssembly.Instance(compiled, imports);
  const kernels = { ...exports } as Record<string, Kernel>;
  for (const name of addressKernels) kernels[name] = unsigned(kernels[name]!);
  return kernels as unknown as Kernels;
}

type Kernel = (...values: number[]) => number;

/** Kernels that return an address or a size, which may be above 2^31. */
const addressKernels: readonly (keyof Kernels)[] = [
  'allocate',
  'allocateZeroed',
  'reachedBytes',
  'createDictionary',
  'dictionarySizeBytes',
  'keyAddress',
  'createPairLog',
  'pairLogSizeBytes',
  'idsOfSlot',
  'compactOffsets',
  'compactIds',
  'createPairSet',
  'pairSetSizeBytes',
  'createJsonReader',
  'createJsonWriter',
  'writeJsonRows',
];

/** WebAssembly gives 32-bit integers out as signed ones. None of these takes more parameters. */
function unsigned(kernel: Kernel): Kernel {
  return (first, second, third, fourth) => kernel(first!, second!, third!, fourth!) >>> 0;
}
