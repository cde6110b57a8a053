/**
 * Savepoints that earlier versions took of a job with all kinds of operators are restored by this
 * one, at the same parallelism and at others. A fixture holds the pipeline, its input, the files of
 * the savepoint and what had been printed before it. UPDATE_GOLDEN=1 writes the one of this version
 * where there is none yet, never one that is; it is taken at parallelism 2, after ROWS_BEFORE rows.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { readResult, type GoldenResult } from '../../golden/flink-sql/golden-rows.ts';
import {
  branchInputs,
  branchModules,
  operatorBranches,
  pipelineOf,
} from '../../support/operator-branches.ts';
import {
  createWorld,
  recoveryInFiles,
  restoreFrom,
  stepUntil,
  stopWithSavepoint,
} from '../../support/savepoint-world.ts';
import { outputOf, startOn } from '../../support/simulated-job.ts';

interface Fixture {
  readonly dreyVersion: string;
  readonly pipeline: string;
  /** By path from the pipeline's folder. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Folder of the savepoint. */
  readonly location: string;
  /** By absolute path, packed. */
  readonly savepoint: Readonly<Record<string, string>>;
  /** Packed. */
  readonly printedBefore: string;
}

/** Tests run in the root of the repository. */
const folder = resolve('test/engine/checkpoint/fixtures');
const PREFIX = 'savepoint-of-';
/** Of all sources together; the snapshot lies in the middle of each. */
const ROWS_BEFORE = 200;

function newWorld(files: Readonly<Record<string, string | Uint8Array>>): SimulatedPlatform {
  const platform: SimulatedPlatform = createWorld(files, {
    seed: 11,
    modules: branchModules(() => platform),
  });
  return platform;
}

function pack(content: Uint8Array): string {
  return gzipSync(content).toString('base64');
}

function unpack(packed: string): Uint8Array {
  return gunzipSync(Buffer.from(packed, 'base64'));
}

async function takeFixture(): Promise<Fixture> {
  const pipeline = pipelineOf('everything', operatorBranches);
  const inputs = branchInputs();
  const platform = newWorld(inputs);
  const recovery = recoveryInFiles(platform);
  const handle = await startOn(platform, { pipeline, parallelism: 2, recovery });
  await stepUntil(platform, handle, () => handle.progress().recordsIn >= ROWS_BEFORE);
  const { location } = await stopWithSavepoint(platform, handle);
  const names = platform.disk.list(location);
  const savepoint = names.map((name) => {
    const file = platform.disk.find(`${location}/${name}`);
    if (file?.kind !== 'file') throw new Error(`${name} is no file`);
    return [`${location}/${name}`, pack(platform.disk.content(file))] as const;
  });
  return {
    dreyVersion: packageJson.version,
    pipeline,
    inputs,
    location,
    savepoint: Object.fromEntries(savepoint),
    printedBefore: pack(platform.streams.output),
  };
}

async function runWhole({ pipeline, inputs }: Fixture): Promise<string> {
  const platform = newWorld(inputs);
  const handle = await startOn(platform, { pipeline, parallelism: 1 });
  await platform.drive(handle.done);
  return outputOf(platform);
}

async function runRestored(fixture: Fixture, parallelism: number): Promise<string> {
  const { inputs, savepoint, location, pipeline, printedBefore } = fixture;
  const files = Object.entries(savepoint).map(([path, packed]) => [path, unpack(packed)] as const);
  const platform = newWorld({ ...inputs, ...Object.fromEntries(files) });
  const recovery = recoveryInFiles(platform, {
    restoreFrom: await restoreFrom(platform, location),
  });
  const handle = await startOn(platform, { pipeline, parallelism, recovery });
  await platform.drive(handle.done);
  return new TextDecoder().decode(unpack(printedBefore)) + outputOf(platform);
}

/** By sink: a changelog and rows that are only added lie in one output. */
function resultsOf(output: string): ReadonlyMap<string, GoldenResult> {
  const linesOf = new Map<string, string>();
  for (const line of output.split('\n').slice(0, -1)) {
    const sink = /,"sink":"(\w+)"\}$/.exec(line)?.[1];
    if (sink === undefined) throw new Error(`${line} names no sink`);
    linesOf.set(sink, `${linesOf.get(sink) ?? ''}${line}\n`);
  }
  return new Map([...linesOf].map(([sink, lines]) => [sink, readResult(lines)]));
}

async function fixtures(): Promise<readonly Fixture[]> {
  const own = join(folder, `${PREFIX}${packageJson.version}.json`);
  if (process.env['UPDATE_GOLDEN'] === '1' && !existsSync(own)) {
    const fixture = await withRealWorldShut(takeFixture);
    writeFileSync(own, `${JSON.stringify(fixture, null, 2)}\n`);
  }
  return readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture);
}

describe.each(await fixtures())('a savepoint of drey $dreyVersion', (fixture) => {
  it.each([1, 2, 3])('is restored at parallelism %i', async (parallelism) => {
    const whole = resultsOf(await withRealWorldShut(() => runWhole(fixture)));
    const output = await withRealWorldShut(() => runRestored(fixture, parallelism));
    const results = resultsOf(output);
    expect(whole.size).toBe(operatorBranches.length);
    for (const [sink, result] of whole) expect(results.get(sink), sink).toEqual(result);
  });
});
