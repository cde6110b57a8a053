/**
 * A real Flink cluster by hand:
 * `node scripts/run.js test/peers/flink.ts start VERSION [--port N] [--gateway-port N]
 * [--slots N] [--adaptive] [-D key=value]...` goes on in the background and prints what
 * FlinkUnderTest names; `... stop VERSION [--port N]` ends it and removes its folder.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clustersFolder, startFlink } from './flink-cluster.ts';
import { flinkVersions, type FlinkVersion } from './flink-distribution.ts';
import { underTest, type FlinkUnderTest } from './flink-under-test.ts';
import { isRunning, stopJava, type JavaProcess } from './java-process.ts';

const PORT = '8081';
/** Distance of the gateway's port from the JobManager's, as 8083 is from 8081. */
const GATEWAY_PORT_OFFSET = 2;

/** What is kept of a cluster in its folder. */
interface StartedFlink {
  readonly flink: FlinkUnderTest;
  readonly processes: readonly JavaProcess[];
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: PORT },
    'gateway-port': { type: 'string' },
    slots: { type: 'string', default: '6' },
    adaptive: { type: 'boolean', default: false },
    define: { type: 'string', short: 'D', multiple: true, default: [] },
  },
});
const [verb = '', word = ''] = positionals;
const version = flinkVersions.find((known) => known === word);
if (version === undefined || !['start', 'stop'].includes(verb)) {
  process.stderr.write(`usage: start|stop ${flinkVersions.join('|')} [--port N] ...\n`);
  process.exit(2);
}
const home = join(clustersFolder(), `flink-${version}-port-${values.port}`);
if (verb === 'start') await start(version);
else await stop();

async function start(version: FlinkVersion): Promise<void> {
  const before = startedBefore();
  const alive = await Promise.all((before?.processes ?? []).map(isRunning));
  if (before !== undefined && alive.every(Boolean)) return print(before.flink);
  await stop();
  const restPort = Number(values.port);
  const peer = await startFlink({
    version,
    home,
    restPort,
    gatewayPort: Number(values['gateway-port'] ?? restPort + GATEWAY_PORT_OFFSET),
    slots: Number(values.slots),
    scheduler: values.adaptive ? 'adaptive' : 'default',
    settings: Object.fromEntries(values.define.map(keyAndValue)),
    isDetached: true,
  });
  const started: StartedFlink = { flink: await underTest(peer), processes: peer.processes() };
  writeFileSync(recordFile(), JSON.stringify(started));
  print(started.flink);
}

async function stop(): Promise<void> {
  await Promise.all((startedBefore()?.processes ?? []).map(stopJava));
  rmSync(home, { recursive: true, force: true });
}

function startedBefore(): StartedFlink | undefined {
  const file = recordFile();
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StartedFlink) : undefined;
}

function recordFile(): string {
  return join(home, 'started.json');
}

function keyAndValue(definition: string): [string, string] {
  const at = definition.indexOf('=');
  return at === -1 ? [definition, ''] : [definition.slice(0, at), definition.slice(at + 1)];
}

function print(flink: FlinkUnderTest): void {
  process.stdout.write(`${JSON.stringify(flink, null, 2)}\n`);
}
