/**
 * A failure as GitHub Actions shows it: on the summary page of the run, and a finding at its line of
 * the file. One workflow command a line, whose signs are escaped as actions/toolkit does.
 */
import { visibleLines } from '../output/visible-text.ts';
import type { Failure } from './describe-failure.ts';

type Shown = Pick<Failure, 'code' | 'message' | 'hint' | 'findings'>;

export function githubAnnotations({ code, message, hint, findings }: Shown): string {
  const lines = findings.map((finding) => {
    const { file, line, column } = finding;
    const text =
      finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}`;
    return command(finding.severity, { title: finding.code, file, line, col: column }, text);
  });
  return [...lines, command('error', { title: code }, `${message}\n${hint}`)].join('');
}

function command(
  name: 'error' | 'warning',
  properties: Readonly<Record<string, string | number>>,
  text: string,
): string {
  const parts = Object.entries(properties).map(
    ([key, value]) => `${key}=${escaped(String(value)).replace(/:/g, '%3A').replace(/,/g, '%2C')}`,
  );
  return `::${name} ${parts.join(',')}::${escaped(text)}\n`;
}

function escaped(text: string): string {
  return visibleLines(text).replace(/%/g, '%25').replace(/\n/g, '%0A');
}
