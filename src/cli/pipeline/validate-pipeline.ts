/** `drey pipeline validate`: all findings of a file, and whether it may run. */
import type { Finding } from '../../errors/finding.ts';
import type { Platform } from '../../platform/platform.ts';
import { checkPipeline, type CheckedPipeline, type PipelineRequest } from './read-pipeline.ts';

export interface ValidateResult {
  readonly valid: boolean;
  readonly findings: readonly Finding[];
}

export interface Validation {
  readonly result: ValidateResult;
  readonly checked: CheckedPipeline;
}

export async function validatePipeline(
  request: PipelineRequest,
  platform: Platform,
): Promise<Validation> {
  const checked = await checkPipeline(request, platform);
  const valid = checked.findings.every(({ severity }) => severity !== 'error');
  return { result: { valid, findings: checked.findings }, checked };
}

/** The findings with code frames, then one line that says how it ended. */
export async function validationText({ result, checked }: Validation): Promise<string> {
  const parts: string[] = [];
  if (result.findings.length > 0) {
    const { renderFinding } = await import('../../document/code-frame.ts');
    parts.push(...result.findings.map((finding) => `${renderFinding(finding, checked.text)}\n`));
  }
  const errorCount = result.findings.filter(({ severity }) => severity === 'error').length;
  const warningCount = result.findings.length - errorCount;
  const nodes = checked.plan === null ? '' : `, ${plural(checked.plan.nodes.length, 'node')}`;
  const warnings = warningCount === 0 ? '' : `, ${plural(warningCount, 'warning')}`;
  parts.push(
    result.valid
      ? `${checked.file} is valid${nodes}${warnings}`
      : `${checked.file} has ${plural(errorCount, 'error')}${warnings}`,
  );
  return `${parts.join('\n')}\n`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
