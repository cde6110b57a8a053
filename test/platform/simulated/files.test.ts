import { describe, expect, it } from 'vitest';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

async function write(world: SimulatedPlatform, name: string, content: string): Promise<void> {
  const file = await world.files.openToWrite(name);
  try {
    await file.write(text(content));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function read(world: SimulatedPlatform, name: string): Promise<string> {
  const bytes = await world.drive(world.files.readAll(name, 1_000));
  return new TextDecoder().decode(bytes);
}

describe('faults of simulated files', () => {
  it('each operation of a protocol can be made to fail, once or from then on', async () => {
    const counting = createSimulatedPlatform({ seed: 1 });
    await counting.drive(write(counting, 'a', 'content'));
    const operations = counting.fileFaults.operations;
    expect(operations).toBe(4);

    for (const isPersistent of [false, true]) {
      for (let nth = 1; nth <= operations; nth++) {
        const world = createSimulatedPlatform({ seed: 1 });
        world.fileFaults.add({ kind: 'nth', nth, errno: 'EIO', isPersistent });
        await expect(world.drive(write(world, 'a', 'content'))).rejects.toMatchObject({
          code: 'DREY_FILE_IO_ERROR',
        });
        // The close that follows a failed write or sync fails too, when the fault stays.
        const hitsOf = { 1: 1, 2: 2, 3: 2, 4: 1 }[nth];
        expect(world.fileFaults.hits).toBe(isPersistent ? hitsOf : 1);
      }
    }
  });

  it('a fault can be bound to one kind of operation and lifted', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    const fault = { kind: 'nth', nth: 1, errno: 'EMFILE', isPersistent: true } as const;
    world.fileFaults.add({ ...fault, operation: 'open' });
    await world.drive(world.files.createFolder('x'));
    await expect(world.drive(write(world, 'x/a', 'A'))).rejects.toMatchObject({
      code: 'DREY_FILE_TOO_MANY_OPEN',
    });
    world.fileFaults.clear();
    await world.drive(write(world, 'x/a', 'A'));
    expect(await read(world, 'x/a')).toBe('A');
  });

  it('a full disk takes the bytes that fit and refuses the rest', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    world.fileFaults.add({ kind: 'full', afterBytes: 10 });
    await world.drive(write(world, 'a', '123456'));
    await expect(world.drive(write(world, 'b', '123456'))).rejects.toMatchObject({
      code: 'DREY_FILE_NO_SPACE',
      retry: 'later',
    });
    expect(await read(world, 'b')).toBe('1234');
    world.fileFaults.clear();
    await world.drive(write(world, 'b', '123456'));
    expect(await read(world, 'b')).toBe('123456');
  });

  it('after a failed sync the bytes are visible, but a later sync does not save them', async () => {
    const world = createSimulatedPlatform({ seed: 1, files: { a: 'old' } });
    const work = async (): Promise<void> => {
      const file = await world.files.openToWrite('a');
      await file.write(text('new'));
      world.fileFaults.add({
        kind: 'nth',
        nth: 1,
        errno: 'EIO',
        isPersistent: false,
        operation: 'sync',
      });
      await expect(file.sync()).rejects.toMatchObject({ code: 'DREY_FILE_IO_ERROR' });
      await file.sync();
      await file.close();
    };
    await world.drive(work());
    expect(await read(world, 'a')).toBe('new');
    expect(await read(world.crash('keep-all'), 'a')).toBe('old');
  });

  it('a failed rename changes nothing', async () => {
    const world = createSimulatedPlatform({ seed: 1, files: { a: 'A', b: 'B' } });
    const fault = { kind: 'nth', nth: 1, errno: 'EROFS', isPersistent: true } as const;
    world.fileFaults.add({ ...fault, operation: 'rename' });
    await expect(world.drive(world.files.rename('a', 'b'))).rejects.toMatchObject({
      code: 'DREY_FILE_READ_ONLY',
      details: { path: 'a', target: 'b' },
    });
    expect([await read(world, 'a'), await read(world, 'b')]).toEqual(['A', 'B']);
  });
});
