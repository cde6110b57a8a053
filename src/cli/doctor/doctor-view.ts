/** The steps as a table, then what to do about those that are not well, the first first. */
import { textCell, type Mood, type Section, type View } from '../../output/view.ts';
import type { Check, CheckStatus } from './check.ts';
import type { DoctorResult } from './diagnose.ts';

const moods: Readonly<Record<CheckStatus, Mood | undefined>> = {
  ok: 'good',
  warning: 'doubtful',
  failed: 'bad',
  skipped: undefined,
};

export function doctorView({ checks, failure }: DoctorResult): View {
  const open = checks.filter(({ next }) => next !== undefined);
  const doubtful = open.filter(({ status }) => status === 'warning');
  return {
    sections: [
      checkTable(checks),
      ...open.filter(({ status }) => status === 'failed').map(nextSection),
      ...doubtful.map(nextSection),
      ...(failure === null ? [{ kind: 'text', lines: [goodNews(doubtful.length)] } as const] : []),
    ],
    names: checks.filter(({ status }) => status === 'failed').map(({ name }) => name),
  };
}

function checkTable(checks: readonly Check[]): Section {
  return {
    kind: 'table',
    empty: 'nothing was checked',
    columns: [
      { key: 'name', heading: 'STEP' },
      { key: 'status', heading: 'STATUS' },
      { key: 'detail', heading: 'DETAIL' },
    ],
    rows: checks.map(({ name, status, detail }) => [
      textCell(name),
      textCell(status, moods[status]),
      textCell(detail),
    ]),
  };
}

function nextSection({ name, status, next }: Check): Section {
  return { kind: 'text', title: `${name}: ${status}`, lines: [`  ${next ?? ''}`] };
}

function goodNews(warnings: number): string {
  if (warnings === 0) return 'All is well between here and the cluster.';
  return 'The cluster can be reached. How it does says drey cluster health.';
}
