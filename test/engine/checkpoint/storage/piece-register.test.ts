import { expect, test } from 'vitest';
import {
  PieceRegister,
  type StoredPiece,
} from '../../../../src/engine/checkpoint/storage/piece-register.ts';

const pieceIn = (path: string): StoredPiece => ({
  offset: 0,
  sizeBytes: 1,
  crc32: 0,
  file: { path, place: null, name: path, sizeBytes: 1, crc32: 0, isOwned: true },
});

test('a piece that two snapshots have copied is found as long as one of them is there', () => {
  const register = new PieceRegister();
  const referTo = (location: string): void => {
    register.retain(location, [{ uid: 'keyed', id: 'p', piece: pieceIn(`${location}/pack`) }]);
  };
  // The older one is complete after the newer one, and is dropped at once.
  referTo('chk-7');
  referTo('chk-6');
  register.release('chk-6');
  expect(register.takeUnneeded().map(({ path }) => path)).toEqual(['chk-6/pack']);
  expect(register.find('keyed', 'p')?.file.path).toBe('chk-7/pack');
  register.release('chk-7');
  register.takeUnneeded();
  expect(register.find('keyed', 'p')).toBeNull();
});
