import { describe, expect, it } from 'vitest';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

describe('simulated processes', () => {
  it('have ids of their own and are alive until they are killed', () => {
    const first = createSimulatedPlatform({ seed: 1 });
    const second = first.startAnother();
    expect(second.host.processId).not.toBe(first.host.processId);
    expect(second.host.isAlive(first.host.processId)).toBe(true);
    first.kill();
    expect(second.host.isAlive(first.host.processId)).toBe(false);
    expect(second.host.isAlive(second.host.processId)).toBe(true);
  });

  it('all end with a crash of the machine', () => {
    const first = createSimulatedPlatform({ seed: 1 });
    const second = first.startAnother();
    const next = second.crash('lose-unsynced');
    expect(next.host.isAlive(first.host.processId)).toBe(false);
    expect(next.host.isAlive(second.host.processId)).toBe(false);
    expect(next.host.isAlive(next.host.processId)).toBe(true);
  });

  it('see the same disk', async () => {
    const first = createSimulatedPlatform({ seed: 1, files: { a: 'x' } });
    const second = first.startAnother();
    await first.drive(first.files.createFolder('made'));
    expect((await first.drive(second.files.status('made')))?.kind).toBe('folder');
  });
});
