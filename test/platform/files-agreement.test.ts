import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DreyError } from '../../src/errors/drey-error.ts';
import type { Files, ReadableFile, WritableFile } from '../../src/platform/files.ts';
import { realFiles } from '../../src/platform/real/files.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../src/platform/simulated/simulated-platform.ts';
import { runs } from '../support/property-runs.ts';

const SEQUENCES = 1_200;
const OPEN_SLOTS = 3;

/** A few names that meet often: files in the way of folders, and the other way round. */
const paths = ['a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a', 'a/x'] as const;

type Step =
  | {
      readonly kind: 'open-to-write';
      slot: number;
      path: string;
      exclusive: boolean;
      append: boolean;
      isPrivate: boolean;
    }
  | { readonly kind: 'open-to-read'; slot: number; path: string }
  | { readonly kind: 'write'; slot: number; content: Uint8Array }
  | { readonly kind: 'read'; slot: number; length: number; position: number }
  | { readonly kind: 'sync' | 'close-writer' | 'close-reader'; slot: number }
  | { readonly kind: 'read-all'; path: string; limit: number }
  | { readonly kind: 'status' | 'list' | 'remove' | 'sync-folder'; path: string }
  | { readonly kind: 'permissions'; path: string }
  | { readonly kind: 'create-folder'; path: string; isPrivate: boolean }
  | { readonly kind: 'rename'; path: string; to: string };

const path = fc.constantFrom(...paths);
const folderPath = fc.oneof(path, fc.constant('.'));
const slot = fc.nat({ max: OPEN_SLOTS - 1 });
const kind = <K extends string>(...kinds: readonly K[]): fc.Arbitrary<K> =>
  fc.constantFrom(...kinds);

const open: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: kind('open-to-write'),
    slot,
    path,
    exclusive: fc.boolean(),
    append: fc.boolean(),
    isPrivate: fc.boolean(),
  }),
  fc.record({ kind: kind('open-to-read'), slot, path }),
);

const useOpen: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: kind('write'), slot, content: fc.uint8Array({ maxLength: 6 }) }),
  fc.record({
    kind: kind('read'),
    slot,
    length: fc.nat({ max: 5 }),
    position: fc.nat({ max: 8 }),
  }),
  fc.record({ kind: kind('sync', 'close-writer', 'close-reader'), slot }),
);

const usePath: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: kind('read-all'), path, limit: fc.nat({ max: 8 }) }),
  fc.record({ kind: kind('status', 'list', 'sync-folder'), path: folderPath }),
  fc.record({ kind: kind('permissions'), path }),
  fc.record({ kind: kind('remove'), path }),
);

const changeTree: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: kind('create-folder'),
    path: fc.oneof(path, fc.constantFrom('d', 'd/e')),
    isPrivate: fc.boolean(),
  }),
  fc.record({ kind: kind('rename'), path: fc.oneof(path, fc.constant('d')), to: path }),
);

const steps = fc.array(fc.oneof(open, useOpen, usePath, changeTree), {
  minLength: 5,
  maxLength: 40,
  size: 'max',
});

/** One side: its files, what is open, and how a call is brought to its end. */
interface Side {
  readonly files: Files;
  readonly at: (path: string) => string;
  readonly finish: <T>(promise: Promise<T>) => Promise<T>;
  readonly writers: (WritableFile | undefined)[];
  readonly readers: (ReadableFile | undefined)[];
}

describe('simulated files', () => {
  // The simulated ones have the usual one.
  let umask = 0;
  beforeAll(() => {
    umask = process.umask(0o022);
  });
  afterAll(() => {
    process.umask(umask);
  });

  it('agree with real files in all visible results', async () => {
    const refusals = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(steps, fc.integer(), async (sequence, seed) => {
        const folder = mkdtempSync(join(tmpdir(), 'drey-agreement-'));
        const world = createSimulatedPlatform({ seed, fileLatencyMsMax: 1 });
        const real = realSide(folder);
        const simulated = simulatedSide(world);
        try {
          for (const [index, next] of sequence.entries()) {
            const expected = await outcome(real, next);
            const actual = await outcome(simulated, next);
            if (isRefusal(expected)) refusals.add(expected.errno);
            expect(actual, `step ${index}: ${JSON.stringify(next)}`).toEqual(expected);
          }
          expect(await wholeTree(simulated, '.')).toEqual(await wholeTree(real, '.'));
        } finally {
          for (const open of [...real.writers, ...real.readers]) await open?.close();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: runs(SEQUENCES) },
    );
    // The sequences are no proof where they never went.
    expect(refusals).toEqual(
      new Set(['EBADF', 'EEXIST', 'EINVAL', 'EISDIR', 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', undefined]),
    );
  }, 120_000);
});

function realSide(folder: string): Side {
  return {
    files: realFiles,
    at: (relative) => join(folder, relative),
    finish: (promise) => promise,
    writers: [],
    readers: [],
  };
}

function simulatedSide(world: SimulatedPlatform): Side {
  return {
    files: world.files,
    at: (relative) => posix.join('/work', relative),
    finish: (promise) => world.drive(promise),
    writers: [],
    readers: [],
  };
}

/** What a caller sees of one step: its value, or the error's code and errno. */
async function outcome(side: Side, next: Step): Promise<unknown> {
  try {
    return (await side.finish(perform(side, next))) ?? 'done';
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    return { code: error.code, errno: error.details['errno'], exit: error.exitCode };
  }
}

interface Refusal {
  readonly errno: unknown;
}

function isRefusal(result: unknown): result is Refusal {
  return typeof result === 'object' && result !== null && 'errno' in result;
}

async function perform(side: Side, next: Step): Promise<unknown> {
  const { files, writers, readers } = side;
  switch (next.kind) {
    case 'open-to-write': {
      const opened = await files.openToWrite(side.at(next.path), {
        exclusive: next.exclusive,
        append: next.append,
        isPrivate: next.isPrivate,
      });
      await writers[next.slot]?.close();
      writers[next.slot] = opened;
      return;
    }
    case 'open-to-read': {
      const opened = await files.openToRead(side.at(next.path));
      await readers[next.slot]?.close();
      readers[next.slot] = opened;
      return;
    }
    case 'write':
      return writers[next.slot]?.write(next.content);
    case 'read': {
      const target = new Uint8Array(next.length + 2);
      const count = await readers[next.slot]?.read(target, 1, next.length, next.position);
      return { count, target };
    }
    case 'sync':
      return writers[next.slot]?.sync();
    case 'close-writer':
      return writers[next.slot]?.close();
    case 'close-reader':
      return readers[next.slot]?.close();
    case 'read-all':
      return files.readAll(side.at(next.path), next.limit);
    case 'status': {
      const found = await files.status(side.at(next.path));
      if (found === null) return null;
      return { kind: found.kind, sizeBytes: found.kind === 'file' ? found.sizeBytes : 0 };
    }
    case 'list':
      return files.list(side.at(next.path));
    case 'remove':
      return files.remove(side.at(next.path));
    case 'create-folder':
      return files.createFolder(side.at(next.path), { isPrivate: next.isPrivate });
    case 'permissions':
      return files.permissions(side.at(next.path));
    case 'sync-folder':
      return files.syncFolder(side.at(next.path));
    case 'rename':
      return files.rename(side.at(next.path), side.at(next.to));
  }
}

async function wholeTree(side: Side, folder: string): Promise<Record<string, unknown>> {
  const tree: Record<string, unknown> = {};
  for (const name of await side.finish(side.files.list(side.at(folder)))) {
    const below = posix.join(folder, name);
    const found = await side.finish(side.files.status(side.at(below)));
    tree[name] =
      found?.kind === 'folder'
        ? await wholeTree(side, below)
        : await side.finish(side.files.readAll(side.at(below), 1_000_000));
  }
  return tree;
}
