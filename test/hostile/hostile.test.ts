import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../e2e/drey-process.ts';
import { Authority } from '../support/certificates.ts';
import { IS_LONG, casesOf, connectCasesOf, fieldCasesOf, textCasesOf } from './cases.ts';
import { DreyWorker } from './drey-worker.ts';
import { connectFaults } from './fault/connect.ts';
import { once } from './fault/fault.ts';
import { framingFaults } from './fault/framing.ts';
import { jsonFaults, manyJobs } from './fault/json.ts';
import { statusFaults } from './fault/status.ts';
import { reasonFaults, textFaults } from './fault/text.ts';
import { timingFaults } from './fault/timing.ts';
import { runHonestly, usesOf, type HonestRun } from './find-uses.ts';
import { jarBytes } from './jar-file.ts';
import { runCases, runConnectCases, type Batch } from './run-cases.ts';
import { verbs } from './verbs.ts';

/** What is promised: in an ordinary run, and in a long one. */
const CASES_MIN = IS_LONG ? 4500 : 2000;

const folder = mkdtempSync(join(tmpdir(), 'drey-hostile-'));
const authority = new Authority('drey test authority');
const authorityPath = join(folder, 'authority.pem');
writeFileSync(authorityPath, authority.own.certificate);
const jarPath = join(folder, 'sent.jar');
writeFileSync(jarPath, jarBytes());
const worker = new DreyWorker({ NODE_EXTRA_CA_CERTS: authorityPath }, { '{jar}': jarPath });
const honestRuns = await Promise.all(verbs.map((verb) => runHonestly(worker, verb)));
const uses = usesOf(honestRuns);
const jsonUses = uses.filter(({ isText }) => !isText);
const honestBodies = new Map(
  honestRuns.flatMap(({ requests }) =>
    requests.map(({ endpoint, body }): [string, unknown] => [endpoint, body]),
  ),
);
let count = 0;

afterAll(() => {
  worker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function check(running: Promise<Batch>): Promise<void> {
  const before = performance.now();
  const batch = await running;
  count += batch.count;
  if (IS_LONG) {
    const seconds = ((performance.now() - before) / 1000).toFixed(1);
    const name = expect.getState().currentTestName ?? '';
    process.stderr.write(`${name}: ${batch.count} cases in ${seconds} s\n`);
  }
  expect(batch.failures.join('\n')).toBe('');
}

describe('an honest server', () => {
  it.each(honestRuns.map((run): [string, HonestRun] => [run.verb.argv.join(' '), run]))(
    '%s succeeds before it',
    (_, { verb, outcome, effects, requests }) => {
      expect(outcome).toMatchObject({ exit: 0, strays: [] });
      expect(requests).not.toEqual([]);
      const main = effects.map(({ kind }) => kind).filter((kind) => kind === verb.does);
      expect(main).toEqual(verb.does === null ? [] : [verb.does]);
    },
  );

  it('every verb that reaches a cluster is among them', () => {
    const tried = new Set(verbs.map(({ argv }) => argv.slice(0, 2).join(' ')));
    const isLocal = (verb: string): boolean => verb.startsWith('context ') && !tried.has(verb);
    expect(clusterVerbs().filter((verb) => !tried.has(verb) && !isLocal(verb))).toEqual([]);
  });
});

/** Those whose help has --url. */
function clusterVerbs(): readonly string[] {
  const manifest = JSON.parse(
    readFileSync(join(repositoryRoot, 'oclif.manifest.json'), 'utf8'),
  ) as { commands: Record<string, { flags: Record<string, { hidden?: boolean }> }> };
  return Object.entries(manifest.commands)
    .filter(([, { flags }]) => flags['url'] !== undefined && flags['url'].hidden !== true)
    .map(([id]) => id.replaceAll(':', ' '));
}

describe('a hostile server', { timeout: 3_600_000 }, () => {
  it('connections that do not come about', () =>
    check(runConnectCases(worker, connectCasesOf(connectFaults(authority), 200))));
  it('slow answers', () => check(runCases(worker, casesOf(uses, timingFaults, 160))));
  it('answers broken as HTTP', () => check(runCases(worker, casesOf(uses, framingFaults, 320))));
  it('answers of another status', () => check(runCases(worker, casesOf(uses, statusFaults, 360))));
  it('answers whose JSON is odd', () =>
    check(runCases(worker, casesOf(jsonUses, jsonFaults, 260))));
  it('more jobs than anybody has', () => check(runCases(worker, casesOf(uses, [manyJobs], 3))));
  it('fields of the wrong type', () =>
    check(
      runCases(
        worker,
        fieldCasesOf(uses, (endpoint) => honestBodies.get(endpoint), 300),
      ),
    ));
  it('texts that mean harm', () =>
    check(runCases(worker, textCasesOf(uses, [...textFaults, ...reasonFaults], 300))));
  it('trouble that passes', () => {
    const passing = [...framingFaults, ...statusFaults].filter(({ mayPass }) => mayPass === true);
    // What is asked for without an identifier is not asked for again.
    const repeatable = jsonUses.filter(({ role }) => role !== 'request');
    return check(runCases(worker, casesOf(repeatable, passing.map(once), 200)));
  });
  it('as many cases as are promised', () => {
    expect(count).toBeGreaterThanOrEqual(CASES_MIN);
  });
});
