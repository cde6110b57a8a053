import { describe, expect, it } from 'vitest';
import { damage, type Damage } from '../../../src/platform/simulated/damage.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

/** What the files hold after the damage, and after a crash that follows it. */
async function after(what: Damage): Promise<Record<string, string>> {
  const world = createSimulatedPlatform({ seed: 1, files: { a: 'AAAA', b: 'BB', 'x/c': 'C' } });
  damage(world.disk, what);
  const restarted = world.crash('lose-unsynced');
  const found: Record<string, string> = {};
  for (const path of ['a', 'b', 'x/c']) {
    if ((await restarted.drive(restarted.files.status(path))) === null) continue;
    const content = await restarted.drive(restarted.files.readAll(path, 100));
    found[path] = new TextDecoder().decode(content);
  }
  return found;
}

describe('damage', () => {
  const whole = { a: 'AAAA', b: 'BB', 'x/c': 'C' };

  it('flips one bit', async () => {
    expect(await after({ kind: 'flip-bit', path: '/work/a', bit: 9 })).toEqual({
      ...whole,
      a: 'ACAA',
    });
  });

  it('cuts a file', async () => {
    expect(await after({ kind: 'cut', path: '/work/a', sizeBytes: 1 })).toEqual({
      ...whole,
      a: 'A',
    });
  });

  it('swaps two files', async () => {
    expect(await after({ kind: 'swap', path: '/work/a', other: '/work/b' })).toEqual({
      ...whole,
      a: 'BB',
      b: 'AAAA',
    });
  });

  it('puts a foreign file in the place of another', async () => {
    const content = new TextEncoder().encode('foreign');
    expect(await after({ kind: 'replace', path: '/work/b', content })).toEqual({
      ...whole,
      b: 'foreign',
    });
  });

  it('deletes a folder with all that is in it', async () => {
    expect(await after({ kind: 'delete', path: '/work/x' })).toEqual({ a: 'AAAA', b: 'BB' });
  });

  it('refuses to damage what is not there', async () => {
    await expect(after({ kind: 'cut', path: '/work/no', sizeBytes: 1 })).rejects.toThrow('no file');
    await expect(after({ kind: 'flip-bit', path: '/work/b', bit: 16 })).rejects.toThrow('no bit');
  });
});
