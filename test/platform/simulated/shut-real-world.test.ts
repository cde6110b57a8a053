import { describe, expect, it } from 'vitest';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

const leaks: Readonly<Record<string, () => unknown>> = {
  'Date.now()': () => Date.now(),
  'new Date()': () => new Date(),
  'Date()': () => Date(),
  'performance.now()': () => performance.now(),
  'Math.random()': () => Math.random(),
  'a timer': () => globalThis.setTimeout(() => undefined, 1),
  'a repeated timer': () => globalThis.setInterval(() => undefined, 1),
  'a random identifier': () => crypto.randomUUID(),
};

describe('with the real world shut', () => {
  it.each(Object.keys(leaks))('%s fails inside and works again afterwards', async (name) => {
    const leak = leaks[name] ?? expect.unreachable();
    const failure = await withRealWorldShut(async () => {
      try {
        leak();
        return 'nothing';
      } catch (error) {
        return String(error);
      }
    });
    expect(failure).toContain('inside a simulation');
    const timer = leak();
    if (name.includes('timer')) clearTimeout(timer as NodeJS.Timeout);
  });

  it('dates are computed as ever', async () => {
    const text = await withRealWorldShut(async () => {
      const date = new Date(0);
      return `${date instanceof Date} ${date.toISOString()} ${Date.UTC(1970, 0, 2)}`;
    });
    expect(text).toBe('true 1970-01-01T00:00:00.000Z 86400000');
  });

  it('a simulation runs, and what it throws comes out', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    await withRealWorldShut(() => world.drive(world.files.createFolder('a')));
    await expect(
      withRealWorldShut(() => world.drive(world.files.list('no'))),
    ).rejects.toMatchObject({ code: 'DREY_FILE_NOT_FOUND' });
    expect(Date.now()).toBeGreaterThan(0);
  });
});
