import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DreyError } from '../../../src/errors/drey-error.ts';
import { exitCodes } from '../../../src/errors/exit-codes.ts';
import { jobIdOf, triggerIdFrom } from '../../../src/flink/model/identifiers.ts';
import { triggerSavepoint } from '../../../src/flink/rest/trigger-savepoint.ts';
import type { HttpRequest } from '../../../src/platform/http.ts';
import type { SimulatedAnswer } from '../../../src/platform/simulated/http.ts';
import { runs } from '../../support/property-runs.ts';
import { answer, restWorld } from './rest-world.ts';

const jobId = jobIdOf('d65e9cfac6aeaf2d92302d96f6ae4385');
const triggerId = triggerIdFrom(new Uint8Array(16).fill(7));

/** What becomes of one request: before it arrives, on its way back, or in the server. */
type Fate =
  | 'fine'
  | 'swallowed'
  | 'answer lost'
  | 'done, and a proxy says 502'
  | 'done, and failed inside'
  | 'refused'
  | 'no leader'
  | 'a new leader';

const fates: readonly Fate[] = [
  'fine',
  'swallowed',
  'answer lost',
  'done, and a proxy says 502',
  'done, and failed inside',
  'refused',
  'no leader',
  'a new leader',
];

/** A JobManager that keeps the identifiers of its operations until it is replaced. */
class JobManager {
  savepoints = 0;
  private known = new Set<string>();
  private initialisedAtMs = 1000;
  private history: { id: number; is_savepoint: boolean; status: string }[] = [];
  private readonly fates: Fate[];

  constructor(fatesInTurn: readonly Fate[]) {
    this.fates = [...fatesInTurn];
  }

  answer(request: HttpRequest): SimulatedAnswer {
    const fate = this.fates.shift() ?? 'fine';
    if (fate === 'swallowed') return { unreachable: 'cut-off' };
    if (fate === 'no leader') return answer(503, 'due to an ongoing leader election');
    if (fate === 'refused') return answer(400, { errors: ['no'] });
    if (fate === 'a new leader') this.replace();
    const said = this.work(request);
    if (fate === 'answer lost') return { unreachable: 'headers-timeout' };
    if (fate === 'done, and a proxy says 502') return answer(502, '<html>');
    return fate === 'done, and failed inside' ? answer(500, { errors: ['AskTimeout'] }) : said;
  }

  /** Its operations are gone; the savepoints and their history stay. */
  private replace(): void {
    this.known = new Set();
    this.initialisedAtMs += 1000;
  }

  private work({ method, url, body }: HttpRequest): SimulatedAnswer {
    const { pathname } = new URL(url);
    if (method === 'POST')
      return this.take(JSON.parse(new TextDecoder().decode(body as Uint8Array)));
    if (pathname.endsWith(triggerId)) {
      return this.known.has(triggerId)
        ? answer(200, { status: { id: 'IN_PROGRESS' }, operation: null })
        : answer(404, { errors: ['There is no savepoint operation'] });
    }
    if (pathname.endsWith('/checkpoints')) {
      return answer(200, { counts: {}, history: this.history, latest: {} });
    }
    const timestamps = { INITIALIZING: this.initialisedAtMs };
    return answer(200, { jid: jobId, state: 'RUNNING', timestamps, vertices: [] });
  }

  private take({ triggerId: id }: { triggerId: string }): SimulatedAnswer {
    if (!this.known.has(id)) {
      this.known.add(id);
      this.savepoints++;
      this.history = [
        { id: this.savepoints, is_savepoint: true, status: 'COMPLETED' },
        ...this.history,
      ];
    }
    return answer(202, { 'request-id': id });
  }
}

async function exitOf(fatesInTurn: readonly Fate[], seed: number): Promise<[number, JobManager]> {
  const manager = new JobManager(fatesInTurn);
  const { platform, client } = restWorld((request) => manager.answer(request), {}, seed);
  try {
    await platform.drive(
      triggerSavepoint(client, {
        jobId,
        request: { triggerId, targetDirectory: null, format: 'CANONICAL' },
        stop: null,
        findOut: 'drey savepoint status',
      }),
    );
    return [exitCodes.done, manager];
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    return [error.exitCode, manager];
  }
}

describe('a savepoint that is asked for once', () => {
  it('is never taken twice, and what is said of it is true, whatever gets lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...fates), { minLength: 2, maxLength: 14 }),
        fc.integer({ min: 1, max: 1000 }),
        async (fatesInTurn, seed) => {
          const [exit, { savepoints }] = await exitOf(fatesInTurn, seed);
          expect(savepoints).toBeLessThanOrEqual(1);
          if (exit === exitCodes.done) expect(savepoints).toBe(1);
          if (exit === exitCodes.unreachable || exit === exitCodes.refused) {
            expect(savepoints).toBe(0);
          } else expect([exitCodes.done, exitCodes.outcomeUnknown]).toContain(exit);
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  it.each([
    [['fine', 'fine', 'answer lost'], exitCodes.done, 1],
    [['fine', 'fine', 'swallowed'], exitCodes.done, 1],
    [['fine', 'fine', 'swallowed', 'a new leader'], exitCodes.outcomeUnknown, 0],
    [['fine', 'fine', 'done, and failed inside'], exitCodes.done, 1],
    [['fine', 'fine', 'refused'], exitCodes.refused, 0],
    [['fine', 'fine', 'no leader'], exitCodes.done, 1],
  ] as const)('before %j it ends with %i and %i savepoints', async (inTurn, exit, savepoints) => {
    const [ended, manager] = await exitOf(inTurn, 1);
    expect([ended, manager.savepoints]).toEqual([exit, savepoints]);
  });
});
