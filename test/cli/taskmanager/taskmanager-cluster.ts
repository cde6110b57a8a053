/** A cluster with two TaskManagers that answers what the verbs of `taskmanager` ask. */
import type { ClusterSession } from '../../../src/cli/cluster/cluster-session.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView, type ViewForm } from '../../../src/output/render-view.ts';
import type { View } from '../../../src/output/view.ts';
import type { ClusterAnswers } from '../../support/answering-cluster.ts';

export const JOB = '1'.repeat(32);
const MIB = 1024 * 1024;

const summaryOf = (id: string, freeSlots: number) => ({
  id,
  path: `pekko.tcp://flink@${id}/user/rpc/taskmanager_0`,
  dataPort: 4001,
  timeSinceLastHeartbeat: Date.now() - 4000,
  slotsNumber: 3,
  freeSlots,
  hardware: { cpuCores: 4, physicalMemory: 8000 * MIB, freeMemory: 500, managedMemory: 64 * MIB },
  memoryConfiguration: { taskHeap: 512 * MIB, totalProcessMemory: 1280 * MIB },
});
const detailsOf = (id: string, freeSlots: number, slots: number) => ({
  ...summaryOf(id, freeSlots),
  allocatedSlots: Array.from({ length: slots }, () => ({ jobId: JOB })),
  metrics: {
    heapUsed: 250 * MIB,
    heapMax: 500 * MIB,
    garbageCollectors: [{ name: 'All', count: 3, time: 40 }],
  },
});
const thread = (name: string, state: string, frames: readonly string[]) => ({
  threadName: name,
  stringifiedThreadInfo: `"${name}" Id=1 ${state}\n${frames.map((frame) => `\tat ${frame}\n`).join('')}\n`,
});

export const TASK_MANAGERS: ClusterAnswers = {
  '/': 'the page of the Web UI',
  '/jobs/overview': { jobs: [{ jid: JOB, name: 'clicks', state: 'RUNNING' }] },
  '/taskmanagers': { taskmanagers: [summaryOf('tm-b:1', 3), summaryOf('tm-a:1', 1)] },
  '/taskmanagers/tm-a%3A1': detailsOf('tm-a:1', 1, 2),
  '/taskmanagers/tm-b%3A1': detailsOf('tm-b:1', 3, 0),
  '/taskmanagers/tm-a%3A1/metrics': [
    { id: 'Status.JVM.Memory.Metaspace.Used' },
    { id: 'Status.JVM.Memory.Metaspace.Max' },
    { id: 'Status.JVM.Threads.Count' },
  ],
  '/taskmanagers/tm-a%3A1/metrics?get=Status.JVM.Memory.Metaspace.Max,Status.JVM.Memory.Metaspace.Used':
    [
      { id: 'Status.JVM.Memory.Metaspace.Used', value: '1048576' },
      { id: 'Status.JVM.Memory.Metaspace.Max', value: '268435456' },
    ],
  '/taskmanagers/tm-a%3A1/thread-dump': {
    threadInfos: [
      thread('worker-1', 'RUNNABLE', [
        'a/x.y.Pool.take(Pool.java:1)',
        'a/x.y.Loop.run(Loop.java:2)',
      ]),
      thread('worker-2', 'RUNNABLE', [
        'a/x.y.Pool.take(Pool.java:1)',
        'a/x.y.Loop.run(Loop.java:2)',
      ]),
      thread('main', 'WAITING', ['x.Main.run(Main.java:3)']),
    ],
  },
  '/taskmanagers/tm-a%3A1/logs': {
    logs: [
      { name: 'tm.log', size: 40, mtime: 1_700_000_000_000 },
      { name: 'tm.out', size: 0, mtime: 1_700_000_000_000 },
    ],
  },
  '/taskmanagers/tm-a%3A1/logs/tm.log': 'one\n\tat two \u001b[31m\nthree\n',
  '/taskmanagers/tm-a%3A1/log': 'one\n\tat two \u001b[31m\nthree\n',
};

/** What the command would print to people, without colours and in UTC. */
export function shown(view: View, form: ViewForm = 'text'): string {
  return renderView(view, form, { palette: createPalette(false), zoneOffset: () => 0 });
}

export interface Captured {
  readonly session: ClusterSession;
  /** What was written to standard output so far. */
  text(): string;
}

/** The session with a standard output whose reader goes after `piecesMax` pieces. */
export function captured(session: ClusterSession, piecesMax = Infinity): Captured {
  const written: string[] = [];
  const streams = {
    ...session.world.platform.streams,
    writeError: (text: string) => session.world.platform.streams.writeError(text),
    writeOutput: (content: Uint8Array) => {
      if (written.length >= piecesMax) return Promise.resolve(false);
      written.push(new TextDecoder().decode(content));
      return Promise.resolve(true);
    },
  };
  const platform = { ...session.platform, streams };
  return {
    session: { ...session, platform, world: { ...session.world, platform } },
    text: () => written.join(''),
  };
}
