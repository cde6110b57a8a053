import { expect, test } from 'vitest';
import { githubAnnotations } from '../../src/cli/github-annotation.ts';

const code = 'DREY_PIPELINE_INVALID';
const failure = { code, message: 'p.yaml has 1 error', hint: 'Correct it.', findings: [] } as const;

test('a failure is one annotation with its code and its hint', () => {
  expect(githubAnnotations(failure)).toBe(
    '::error title=DREY_PIPELINE_INVALID::p.yaml has 1 error%0ACorrect it.\n',
  );
});

test('a finding stands at its place in the file', () => {
  const finding = {
    code,
    severity: 'warning',
    message: 'late',
    file: 'a,b:c.yaml',
    line: 3,
    column: 7,
    length: 1,
  } as const;
  expect(githubAnnotations({ ...failure, findings: [finding] }).split('\n')[0]).toBe(
    '::warning title=DREY_PIPELINE_INVALID,file=a%2Cb%3Ac.yaml,line=3,col=7::late',
  );
});

test('nothing in a message begins another command', () => {
  const message = '100%\r\n::set-env name=A::b';
  expect(githubAnnotations({ ...failure, message }).split('\n')).toEqual([
    '::error title=DREY_PIPELINE_INVALID::100%25\\r%0A::set-env name=A::b%0ACorrect it.',
    '',
  ]);
});
