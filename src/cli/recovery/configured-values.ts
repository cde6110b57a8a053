/**
 * The values of `pipeline.config` as the engine wants them, by Flink's names and their older ones.
 * What the type of a key forbids was reported when the file was read, so only bounds and
 * contradictions are found here.
 */
import type { ErrorCode } from '../../errors/codes.ts';
import type { Finding, Severity } from '../../errors/finding.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import { parseDurationMs } from '../../pipeline/spec/duration.ts';
import { parseSizeBytes } from '../../pipeline/spec/size.ts';

export interface ConfiguredKey {
  readonly name: string;
  /** The first that is set counts, after `name`. */
  readonly olderNames: readonly string[];
}

export class ConfiguredValues {
  /** Wrong wherever the pipeline runs. */
  readonly findings: Finding[] = [];
  /** Of the embedded engine alone: on a cluster it is right. */
  readonly embeddedFindings: Finding[] = [];
  private readonly plan: LogicalPlan;
  private readonly file: string;

  /** `file`: as it stands in findings. */
  constructor(plan: LogicalPlan, file: string) {
    this.plan = plan;
    this.file = file;
  }

  /** The name under which a key is set; null: under none. */
  nameOf({ name, olderNames }: ConfiguredKey): string | null {
    return [name, ...olderNames].find((each) => this.plan.configuration.has(each)) ?? null;
  }

  text(key: ConfiguredKey): string | null {
    const name = this.nameOf(key);
    return name === null ? null : (this.plan.configuration.get(name) ?? null);
  }

  number(key: ConfiguredKey): number | null {
    const text = this.text(key);
    return text === null ? null : Number(text.replace(/[dDfF]$/, ''));
  }

  flag(key: ConfiguredKey): boolean | null {
    const text = this.text(key);
    return text === null ? null : text.toLowerCase() === 'true';
  }

  /** Of an enumeration, in any letter case. */
  word<Word extends string>(key: ConfiguredKey, words: readonly Word[]): Word | null {
    const text = this.text(key)?.toUpperCase();
    return words.find((word) => word === text) ?? null;
  }

  durationMs(key: ConfiguredKey): number | null {
    const text = this.text(key);
    if (text === null) return null;
    const value = parseDurationMs(text);
    if (typeof value === 'number') return value;
    this.report(
      key,
      'error',
      `${this.nameOf(key) ?? key.name} is ${text}; it must be whole milliseconds.`,
    );
    return null;
  }

  sizeBytes(key: ConfiguredKey): number | null {
    const text = this.text(key);
    const value = text === null ? null : parseSizeBytes(text);
    return typeof value === 'number' ? value : null;
  }

  /** Absolute; null when it is not set, or names what is no local folder, which is reported. */
  folder(key: ConfiguredKey): string | null {
    const name = this.nameOf(key);
    if (name === null) return null;
    const path = this.plan.configurationPlaces.get(name)?.path ?? null;
    if (path !== null) return path;
    const value = this.text(key) ?? '';
    this.report(
      key,
      'error',
      `${name} is ${value}; the embedded engine keeps state in local folders only.`,
      {
        code: 'DREY_PIPELINE_NOT_SUPPORTED',
        hint: 'Write a path, or file:///absolute/path.',
      },
    );
    return null;
  }

  report(
    key: ConfiguredKey,
    severity: Severity,
    message: string,
    more: { readonly code?: ErrorCode; readonly hint?: string } = {},
  ): void {
    const place = this.plan.configurationPlaces.get(this.nameOf(key) ?? '');
    const { line = 1, column = 1, length = 1 } = place ?? {};
    const code = more.code ?? 'DREY_PIPELINE_CONFIGURATION_VALUE';
    const { hint } = more;
    const at = { file: this.file, line, column, length };
    this.findings.push({ code, severity, message, ...at, ...(hint !== undefined && { hint }) });
  }
}

export function keyNamed(name: string, ...olderNames: readonly string[]): ConfiguredKey {
  return { name, olderNames };
}
