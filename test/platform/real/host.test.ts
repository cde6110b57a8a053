import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { realHost } from '../../../src/platform/real/host.ts';

describe('the real host', () => {
  it('names this process, which is alive', () => {
    expect(realHost.processId).toBe(process.pid);
    expect(realHost.isAlive(process.pid)).toBe(true);
    expect(realHost.name).not.toBe('');
    expect(realHost.processToken).toMatch(/^[0-9a-f]{32}$/);
    expect(realHost.processToken).toBe(realHost.processToken);
  });

  it('knows that a process has ended', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    expect(realHost.isAlive(pid)).toBe(false);
  });
});
