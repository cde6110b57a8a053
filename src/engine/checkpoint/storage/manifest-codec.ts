/**
 * The bytes of a manifest. Little-endian:
 *   8 magic, 4 format version, 4 length of the body, 4 CRC-32 of the body, 4 CRC-32 of the 20 bytes
 *   before, body. The file ends with the body.
 * Invariant: the first 24 bytes have this shape in every version, so any drey can tell a damaged
 * manifest from one of a newer version. Each format is read for ever; a change makes a new one.
 * Format 2 has what the state of each operator means, which format 1 has not.
 */
import { crc32 } from '../../../platform/crc32.ts';
import { VerificationError } from '../../../errors/drey-error.ts';
import { StateReader } from '../../state/state-reader.ts';
import type { StateTrait } from '../../state/state-schema.ts';
import { StateWriter } from '../../state/state-writer.ts';
import type {
  FilePlace,
  Manifest,
  ManifestFile,
  ManifestOperator,
  ManifestPart,
  PartHead,
} from './manifest.ts';
import { snapshotCorrupt, snapshotTooLarge, snapshotVersion } from './snapshot-error.ts';
import { isFileName, isJobId } from './snapshot-layout.ts';

export const FORMAT_VERSION = 2;
/** The first that says what state means. */
const SCHEMA_VERSION = 2;

const MAGIC = new TextEncoder().encode('DREYSNAP');
const VERSION_AT = 8;
const LENGTH_AT = 12;
const BODY_CRC_AT = 16;
const HEADER_CRC_AT = 20;
const HEADER_BYTES = 24;

/** About 2 million parts; it is read and written as one piece of memory. */
export const MANIFEST_SIZE_BYTES_MAX = 256 * 1024 * 1024;

/** Numbers since format 1. */
const KINDS = ['checkpoint', 'savepoint'] as const;
const PART_KINDS = [
  'key-group',
  'list',
  'union-list',
  'broadcast',
  'subtask',
  'input-channel',
  'piece',
] as const;
const PLACES = ['own', 'shared', 'shared-of-other'] as const;

/** `path`: where it will lie, for the message. */
export function encodeManifest(manifest: Manifest, path: string): Uint8Array {
  const writer = new StateWriter();
  writeBody(writer, manifest);
  const body = writer.finish();
  const sizeBytes = HEADER_BYTES + body.length;
  if (sizeBytes > MANIFEST_SIZE_BYTES_MAX) {
    throw snapshotTooLarge(path, sizeBytes, MANIFEST_SIZE_BYTES_MAX);
  }
  const bytes = new Uint8Array(sizeBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(VERSION_AT, FORMAT_VERSION, true);
  view.setUint32(LENGTH_AT, body.length, true);
  view.setUint32(BODY_CRC_AT, crc32(body), true);
  view.setUint32(HEADER_CRC_AT, crc32(bytes.subarray(0, HEADER_CRC_AT)), true);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** True when the bytes begin as those of a manifest of drey do, whatever its version. */
export function hasMagic(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/** Throws a VerificationError that names `path` unless the bytes are a whole manifest. */
export function decodeManifest(bytes: Uint8Array, path: string): Manifest {
  if (bytes.length < HEADER_BYTES) {
    throw snapshotCorrupt(path, `it has ${bytes.length} bytes, fewer than its header`);
  }
  if (!hasMagic(bytes)) throw snapshotCorrupt(path, 'it does not begin as a manifest of drey');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (crc32(bytes.subarray(0, HEADER_CRC_AT)) !== view.getUint32(HEADER_CRC_AT, true)) {
    throw snapshotCorrupt(path, 'the checksum of its header does not fit');
  }
  const version = view.getUint32(VERSION_AT, true);
  if (version > FORMAT_VERSION) throw snapshotVersion(path, version, FORMAT_VERSION);
  const length = view.getUint32(LENGTH_AT, true);
  if (bytes.length !== HEADER_BYTES + length) {
    const expected = HEADER_BYTES + length;
    throw snapshotCorrupt(path, `it has ${bytes.length} bytes and should have ${expected}`);
  }
  const body = bytes.subarray(HEADER_BYTES);
  if (crc32(body) !== view.getUint32(BODY_CRC_AT, true)) {
    throw snapshotCorrupt(path, 'its checksum does not fit');
  }
  try {
    return readBody(new StateReader(body), version);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw snapshotCorrupt(path, error.message, error);
  }
}

function writeBody(writer: StateWriter, manifest: Manifest): void {
  writer.text(manifest.dreyVersion);
  writer.uint8(KINDS.indexOf(manifest.kind));
  writer.float64(manifest.checkpointId);
  writer.text(manifest.jobId);
  writer.text(manifest.jobName);
  writer.float64(manifest.runNumber);
  writer.float64(manifest.triggeredAtMs);
  writer.float64(manifest.completedAtMs);
  writer.float64(manifest.checkpointedSizeBytes);
  writer.float64(manifest.stateSizeBytes);
  writer.uint32(manifest.files.length);
  for (const file of manifest.files) writeFile(writer, file);
  writer.uint32(manifest.operators.length);
  for (const operator of manifest.operators) writeOperator(writer, operator);
}

function readBody(reader: StateReader, version: number): Manifest {
  const sizeBytes = reader.remaining;
  const dreyVersion = reader.text();
  const kind = named(KINDS, reader.uint8());
  const checkpointId = whole(reader.float64());
  const jobId = jobIdOf(reader.text());
  const jobName = reader.text();
  const runNumber = whole(reader.float64());
  const triggeredAtMs = reader.float64();
  const completedAtMs = reader.float64();
  const checkpointedSizeBytes = whole(reader.float64());
  const stateSizeBytes = whole(reader.float64());
  const files = many(reader, readFile);
  const operators = many(reader, (from) => readOperator(from, files, version));
  expect(reader.remaining === 0, `${reader.remaining} of its ${sizeBytes} bytes are left over`);
  return {
    dreyVersion,
    kind,
    checkpointId,
    jobId,
    jobName,
    runNumber,
    triggeredAtMs,
    completedAtMs,
    checkpointedSizeBytes,
    stateSizeBytes,
    files,
    operators,
  };
}

function writeFile(writer: StateWriter, file: ManifestFile): void {
  const { place } = file;
  if (place.kind === 'own') writer.uint8(0);
  else if (place.jobId === null) writer.uint8(1);
  else {
    writer.uint8(2);
    writer.text(place.jobId);
  }
  writer.text(file.name);
  writer.float64(file.sizeBytes);
  writer.uint32(file.crc32);
}

function readFile(reader: StateReader): ManifestFile {
  const place = readPlace(reader);
  const name = reader.text();
  // A name that leads elsewhere would let a manifest have any file read or deleted.
  expect(isFileName(name), `${JSON.stringify(name)} is no name of a file`);
  return { place, name, sizeBytes: whole(reader.float64()), crc32: reader.uint32() };
}

function readPlace(reader: StateReader): FilePlace {
  const place = named(PLACES, reader.uint8());
  switch (place) {
    case 'own':
      return { kind: 'own' };
    case 'shared':
      return { kind: 'shared', jobId: null };
    case 'shared-of-other':
      return { kind: 'shared', jobId: jobIdOf(reader.text()) };
  }
}

function writeOperator(writer: StateWriter, operator: ManifestOperator): void {
  writer.text(operator.uid);
  writer.text(operator.operatorKind);
  writer.uint32(operator.parallelism);
  writer.uint32(operator.maxParallelism);
  writer.uint32(operator.stateSchema.length);
  for (const { name, text } of operator.stateSchema) {
    writer.text(name);
    writer.text(text);
  }
  writer.uint32(operator.subtasks.length);
  for (const { isFinished, parts } of operator.subtasks) {
    writer.boolean(isFinished);
    writer.uint32(parts.length);
    for (const part of parts) writePart(writer, part);
  }
}

function readOperator(
  reader: StateReader,
  files: readonly ManifestFile[],
  version: number,
): ManifestOperator {
  const uid = reader.text();
  const operatorKind = reader.text();
  const parallelism = reader.uint32();
  const maxParallelism = reader.uint32();
  const stateSchema = version < SCHEMA_VERSION ? [] : many(reader, readTrait);
  const subtasks = many(reader, () => {
    const isFinished = reader.boolean();
    return { isFinished, parts: many(reader, () => readPart(reader, files)) };
  });
  expect(subtasks.length === parallelism, `operator ${uid} has not as many subtasks as it says`);
  return { uid, operatorKind, parallelism, maxParallelism, stateSchema, subtasks };
}

function readTrait(reader: StateReader): StateTrait {
  return { name: reader.text(), text: reader.text() };
}

function writePart(writer: StateWriter, { head, ...range }: ManifestPart): void {
  writer.uint8(PART_KINDS.indexOf(head.kind));
  switch (head.kind) {
    case 'key-group':
      writer.uint32(head.group);
      break;
    case 'list':
    case 'union-list':
    case 'broadcast':
      writer.text(head.name);
      break;
    case 'subtask':
      break;
    case 'input-channel':
      writer.uint32(head.input);
      writer.uint32(head.fromSubtask);
      break;
    case 'piece':
      writer.text(head.id);
      writer.float64(head.keyGroups.first);
      writer.float64(head.keyGroups.last);
  }
  writer.uint32(range.file);
  writer.float64(range.offset);
  writer.float64(range.sizeBytes);
  writer.uint32(range.crc32);
}

function readPart(reader: StateReader, files: readonly ManifestFile[]): ManifestPart {
  const head = readHead(reader);
  const file = reader.uint32();
  const offset = whole(reader.float64());
  const sizeBytes = whole(reader.float64());
  const fileSizeBytes = files[file]?.sizeBytes ?? -1;
  expect(offset + sizeBytes <= fileSizeBytes, 'a part lies outside of its file');
  return { head, file, offset, sizeBytes, crc32: reader.uint32() };
}

function readHead(reader: StateReader): PartHead {
  const kind = named(PART_KINDS, reader.uint8());
  switch (kind) {
    case 'key-group':
      return { kind, group: reader.uint32() };
    case 'list':
    case 'union-list':
    case 'broadcast':
      return { kind, name: reader.text() };
    case 'subtask':
      return { kind };
    case 'input-channel':
      return { kind, input: reader.uint32(), fromSubtask: reader.uint32() };
    case 'piece':
      return {
        kind,
        id: reader.text(),
        keyGroups: { first: reader.float64(), last: reader.float64() },
      };
  }
}

/** The count is not believed: each element takes bytes, and the reader knows where they end. */
function many<T>(reader: StateReader, readOne: (reader: StateReader) => T): T[] {
  const count = reader.uint32();
  const elements: T[] = [];
  for (let index = 0; index < count; index++) elements.push(readOne(reader));
  return elements;
}

function named<T>(names: readonly T[], index: number): T {
  const name = names[index];
  expect(name !== undefined, `it holds ${index} where the format has 0 to ${names.length - 1}`);
  return name;
}

function whole(value: number): number {
  expect(Number.isSafeInteger(value) && value >= 0, `${value} is no count`);
  return value;
}

function jobIdOf(text: string): string {
  expect(isJobId(text), `${JSON.stringify(text)} is no job id`);
  return text;
}

function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new VerificationError('DREY_SNAPSHOT_CORRUPT', otherwise);
}
