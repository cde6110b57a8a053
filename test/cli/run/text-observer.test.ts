import { expect, test } from 'vitest';
import { TextObserver, summaryText } from '../../../src/cli/run/text-observer.ts';
import { InputError } from '../../../src/errors/drey-error.ts';
import type { JobSummary } from '../../../src/engine/minicluster.ts';
import type { StandardStreams } from '../../../src/platform/standard-streams.ts';

const summary: JobSummary = {
  jobId: 'a'.repeat(32),
  name: 'exposure-uv',
  state: 'FINISHED',
  recordsIn: 50_000,
  recordsOut: 1234,
  lateRecords: 12,
  deadRecords: 0,
  watermarkAtMs: 1_700_000_000_000,
  checkpoints: { completed: 0, failed: 0, latest: null },
  durationMs: 1234,
  restoredFrom: null,
};

const progress = {
  bytesRead: 1,
  bytesTotal: null,
  recordsIn: 5,
  recordsOut: 0,
  lateRecords: 0,
  deadRecords: 0,
  watermarkAtMs: null,
  durationMs: 1000,
};

function observe(isErrorTerminal: boolean) {
  let text = '';
  const streams: StandardStreams = {
    readInput: () => Promise.resolve(0),
    writeOutput: () => Promise.resolve(true),
    writeError: (part) => {
      text += part;
    },
  };
  const terminal = {
    isInputTerminal: false,
    isOutputTerminal: false,
    isErrorTerminal,
    errorColumns: () => 80,
  };
  return { observer: new TextObserver(streams, terminal), text: () => text };
}

test('the summary is one line', () => {
  expect(summaryText(summary)).toBe(
    'exposure-uv FINISHED after 1.2 s: 50,000 rows in, 1,234 out, 12 late, 0 dead, ' +
      'watermark 2023-11-14 22:13:20 UTC',
  );
});

test('a redirected run shows the summary only', () => {
  const { observer, text } = observe(false);
  observer.progressed(progress, null);
  observer.ended(summary, 'finished');
  expect(text()).toBe(`${summaryText(summary)}\n`);
});

test('on a terminal the progress line is redrawn and taken away at the end', () => {
  const { observer, text } = observe(true);
  observer.progressed(progress, null);
  observer.progressed(progress, null);
  observer.ended(summary, 'finished');
  const line = '1 B  5 rows/s  late 0  dead 0';
  const erase = '\r\u001b[2K';
  expect(text()).toBe(`${erase}${line}${erase}${line}${erase}${summaryText(summary)}\n`);
});

test('keys without effect are named in one line', () => {
  const { observer, text } = observe(false);
  observer.ignored({
    notYet: ['execution.checkpointing.interval', 'state.backend.type'],
    notApplicable: ['taskmanager.numberOfTaskSlots'],
  });
  expect(text()).toBe(
    'note: the embedded engine does not honour yet execution.checkpointing.interval, ' +
      'state.backend.type and has no use for taskmanager.numberOfTaskSlots\n',
  );
});

test('when nobody reads the rows any more nothing is said', () => {
  const { observer, text } = observe(false);
  observer.ended({ ...summary, state: 'CANCELED' }, 'output-closed');
  expect(text()).toBe('');
});

test('a warning of the running job takes the place of the progress line', () => {
  const { observer, text } = observe(true);
  observer.progressed(progress, null);
  const reason = new InputError('DREY_FILE_NOT_FOUND', 'places.csv is gone', { hint: 'Find it.' });
  observer.warnedOf({ node: 'places', message: 'the table stays\u001b as it was', reason });
  const lines = text().split('\n');
  expect(lines.at(-2)).toContain('warning: the table stays');
  expect(lines.at(-2)).toContain('as it was (DREY_FILE_NOT_FOUND)');
  expect(lines.at(-1)).toBe('');
  expect(lines.at(-2)?.split('\r').at(-1)).not.toContain('stays\u001b');
});
