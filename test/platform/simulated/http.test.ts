import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/platform/http.ts';
import type { HttpResponder } from '../../../src/platform/simulated/http.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

const request: HttpRequest = {
  method: 'GET',
  url: 'http://jobmanager:8081/jobs',
  limits: { connectMs: 1, headersMs: 1, bodyIdleMs: 1, bodyBytesMax: 4 },
};

const answer = (body: string): HttpResponder => {
  return () => ({ status: 200, headers: {}, body: new TextEncoder().encode(body) });
};

describe('simulated HTTP', () => {
  it('gives what the responder says, after some virtual time', async () => {
    const world = createSimulatedPlatform({ seed: 1, http: answer('ok') });
    const response = await world.drive(world.http.request(request));
    expect(new TextDecoder().decode(response.body)).toBe('ok');
    expect(world.clock.monotonicMs()).toBeGreaterThan(0);
  });

  it('keeps the size limit as the real one does', async () => {
    const world = createSimulatedPlatform({ seed: 1, http: answer('12345') });
    await expect(world.drive(world.http.request(request))).rejects.toMatchObject({
      code: 'DREY_UNREACHABLE',
      details: { reason: 'too-large', host: 'jobmanager:8081' },
    });
  });

  it('a lost answer is told after the request had its effect', async () => {
    let effects = 0;
    const http = (): { unreachable: 'cut-off' } => {
      effects++;
      return { unreachable: 'cut-off' };
    };
    const world = createSimulatedPlatform({ seed: 1, http });
    await expect(world.drive(world.http.request(request))).rejects.toMatchObject({
      details: { reason: 'cut-off' },
    });
    expect(effects).toBe(1);
  });

  it('without a responder no host has an address', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    await expect(world.drive(world.http.request(request))).rejects.toMatchObject({
      details: { reason: 'unknown-host' },
    });
  });
});
