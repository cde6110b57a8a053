/** What the kernels offer to the engine; called through src/engine/memory. */
export { allocate, allocateZeroed, reachedBytes, release } from './allocator';
export {
  beginRestore,
  copyKeys,
  endRestore,
  expectKeys,
  keysSizeBytes,
  placeKeys,
  restoreKey,
  retainKeys,
} from './key-copies';
export { groupsOfKeys, hashTexts, mixTexts } from './key-groups';
export { findKeys, internKeys } from './key-dictionary';
export {
  createDictionary,
  dictionarySizeBytes,
  holdsId,
  idLimit,
  keyAddress,
  keyCount,
  keyLength,
  releaseDictionary,
} from './key-tables';
export {
  compactIds,
  compactOffsets,
  compactPairLog,
  compactPairs,
  createPairLog,
  dropSlot,
  idCountOfSlot,
  idsOfSlot,
  loggedPairs,
  logLists,
  logPairs,
  markLoggedIds,
  pairLogSizeBytes,
  releasePairLog,
} from './pair-log';
export {
  addPair,
  addPairs,
  clearPairs,
  copyIdsOfPairs,
  copyPairs,
  createPairSet,
  idCountOfPairs,
  markPairIds,
  pairSetSize,
  pairSetSizeBytes,
  releasePairSet,
} from './pair-set';
export {
  createJsonReader,
  defineJsonColumn,
  jsonColumnHasNulls,
  jsonReaderAt,
  jsonReaderBlankLines,
  jsonReaderRow,
  jsonReaderScratchAt,
  placeJsonColumn,
  readJsonRows,
  releaseJsonReader,
  setJsonScratch,
} from './json-reader';
export {
  createJsonWriter,
  defineTimestampSyntax,
  defineWrittenColumn,
  defineWrittenSuffix,
  placeWrittenColumn,
  releaseJsonWriter,
  writeJsonRows,
  writtenBytesMax,
} from './json-writer';
export { assignSlots, chooseRows, countChosen, countRows } from './slots';
export { appendTexts, equalTexts, takeShortTexts, textBytes } from './text-rows';
