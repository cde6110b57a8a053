/**
 * `drey job list` against `flink list` of the same version on the same cluster, whole processes in
 * turns: `node scripts/run.js bench/job-list.ts [--rounds N]`. Starts a real Flink 2.3.0 on
 * loopback. Exit status 1 when a ratio is above what the project promises.
 */
import { devNull } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startFlink } from '../test/peers/flink-cluster.ts';
import {
  describeRun,
  measureProcess,
  medianOf,
  showSpread,
  type Usage,
} from './measured-process.ts';

/** Of the wall time and of the CPU time of the program that comes with Flink. */
const RATIO_MAX = 0.2;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const rounds = Number(values.rounds);
const flink = await startFlink({ version: '2.3.0' });
try {
  const { command, restUrl } = flink;
  const { host } = new URL(restUrl);
  const environment = Object.entries(command.env).map(([name, value]) => `${name}=${value}`);
  const theirs = [
    'env',
    ...environment,
    command.program,
    ...command.arguments,
    'list',
    '--all',
    '-m',
    host,
  ];
  const ours = [process.execPath, resolve('bin/run.js'), 'job', 'list', '--url', restUrl];
  console.log(describeRun());
  const samples: { readonly ours: Usage; readonly theirs: Usage }[] = [];
  // The first round fills the file cache and is thrown away.
  for (let round = 0; round <= rounds; round++) {
    const sample = { theirs: measureProcess(theirs, devNull), ours: measureProcess(ours, devNull) };
    if (round > 0) samples.push(sample);
  }
  for (const measure of ['wallSeconds', 'cpuSeconds'] as const) {
    const mine = samples.map((sample) => sample.ours[measure]);
    const other = samples.map((sample) => sample.theirs[measure]);
    const ratios = samples.map((sample) => sample.ours[measure] / sample.theirs[measure]);
    const ratio = medianOf(ratios);
    console.log(`${measure}: drey ${showSpread(mine)}, flink ${showSpread(other)}`);
    console.log(`  drey : flink  ${showSpread(ratios)}  <= ${RATIO_MAX}`);
    if (ratio > RATIO_MAX) process.exitCode = 1;
  }
} finally {
  await flink.stop();
}
