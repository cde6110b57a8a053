import { describe, expect, test } from 'vitest';
import { superviseJob, type EndReason } from '../../../src/cli/run/supervise-job.ts';
import type { JobHandle, JobProgress, JobSummary } from '../../../src/engine/minicluster.ts';
import { EngineError } from '../../../src/errors/drey-error.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

const progress: JobProgress = {
  bytesRead: 10,
  bytesTotal: 20,
  recordsIn: 5,
  recordsOut: 4,
  lateRecords: 1,
  deadRecords: 0,
  watermarkAtMs: null,
  durationMs: 100,
};

function summaryOf(state: JobSummary['state']): JobSummary {
  const { bytesRead: _read, bytesTotal: _total, ...counts } = progress;
  return {
    jobId: 'a'.repeat(32),
    name: 'job',
    state,
    ...counts,
    checkpoints: { completed: 0, failed: 0, latest: null },
    restoredFrom: null,
  };
}

/** A job that ends when the test says so. */
function createJob() {
  let end: (summary: JobSummary) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const done = new Promise<JobSummary>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  let stops = 0;
  const job: JobHandle = {
    jobId: 'a'.repeat(32),
    progress: () => progress,
    checkpointStatistics: () => null,
    triggerSavepoint: () => Promise.reject(new Error('not asked for')),
    summary: summaryOf,
    stop: () => {
      stops++;
    },
    done,
  };
  return { job, end, fail, stops: () => stops };
}

function supervise(savepointFolder: string | null = null) {
  const platform = createSimulatedPlatform({ seed: 1 });
  const world = createJob();
  const ended: JobSummary[] = [];
  const recorded: JobSummary[] = [];
  const reasons: EndReason[] = [];
  let progressCount = 0;
  const supervised = {
    job: world.job,
    name: 'job',
    record: (summary: JobSummary) => Promise.resolve(void recorded.push(summary)),
    savepointFolder,
    isKept: false,
  };
  const result = superviseJob(supervised, platform, {
    progressed: () => progressCount++,
    takingSavepoint: () => undefined,
    ended: (summary, because) => {
      ended.push(summary);
      reasons.push(because);
    },
  });
  return {
    ...world,
    platform,
    result,
    ended,
    reasons,
    recorded,
    progressCount: () => progressCount,
  };
}

test('a job that finished gives its summary', async () => {
  const { end, result, ended, recorded } = supervise();
  end(summaryOf('FINISHED'));
  expect(await result).toEqual(summaryOf('FINISHED'));
  expect(ended).toEqual([summaryOf('FINISHED')]);
  expect(recorded).toEqual(ended);
});

test('a job that failed throws its error and leaves a summary with FAILED', async () => {
  const { fail, result, ended, recorded } = supervise();
  const error = new EngineError('DREY_STATE_TOO_LARGE', 'm');
  fail(error);
  await expect(result).rejects.toBe(error);
  expect(ended).toEqual([summaryOf('FAILED')]);
  expect(recorded).toEqual(ended);
});

test('a job that was canceled without a signal ends quietly', async () => {
  const { end, result, reasons } = supervise();
  end(summaryOf('CANCELED'));
  expect((await result).state).toBe('CANCELED');
  expect(reasons).toEqual(['output-closed']);
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, exitCode) => {
  test('once: asks the job to stop and ends with its own status', async () => {
    const { platform, end, result, ended, reasons, stops } = supervise();
    platform.signals.send(signal);
    expect(stops()).toBe(1);
    end(summaryOf('CANCELED'));
    await expect(result).rejects.toMatchObject({ exitCode });
    expect(ended).toEqual([summaryOf('CANCELED')]);
    expect(reasons).toEqual(['signal']);
  });

  test('twice: does not wait for the job', async () => {
    const { platform, result, ended, recorded } = supervise();
    platform.signals.send(signal);
    platform.signals.send('SIGINT');
    await expect(result).rejects.toMatchObject({ exitCode });
    expect(ended).toEqual([summaryOf('CANCELED')]);
    expect(recorded).toEqual(ended);
  });
});

test('a job that finished in spite of a signal is finished', async () => {
  const { platform, end, result } = supervise();
  platform.signals.send('SIGINT');
  end(summaryOf('FINISHED'));
  expect((await result).state).toBe('FINISHED');
});

test('progress comes four times a second, and not after the end', async () => {
  const { platform, end, result, progressCount } = supervise();
  platform.timers.after(1100, () => end(summaryOf('FINISHED')));
  await platform.drive(result);
  expect(progressCount()).toBe(4);
  platform.timers.after(1000, () => undefined);
  await platform.runUntilIdle();
  expect(progressCount()).toBe(4);
});

test('after the end nobody listens to signals any more', async () => {
  const { platform, end, result } = supervise();
  end(summaryOf('FINISHED'));
  await result;
  expect(platform.signals.send('SIGINT')).toBe(0);
});

test('a summary that cannot be written fails the run', async () => {
  const platform = createSimulatedPlatform({ seed: 1 });
  const { job, end } = createJob();
  const failure = new Error('disk full');
  end(summaryOf('FINISHED'));
  const result = superviseJob(
    {
      job,
      name: 'job',
      record: () => Promise.reject(failure),
      savepointFolder: null,
      isKept: false,
    },
    platform,
    { progressed: () => undefined, takingSavepoint: () => undefined, ended: () => undefined },
  );
  await expect(result).rejects.toBe(failure);
});
