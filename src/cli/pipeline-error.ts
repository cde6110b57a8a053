/** A pipeline file with errors: the findings together with the text that they point into. */
import { InputError } from '../errors/drey-error.ts';
import type { Finding } from '../errors/finding.ts';

export class PipelineError extends InputError {
  /** For code frames; never part of what is printed as JSON. */
  readonly #text: string;

  constructor(file: string, text: string, findings: readonly Finding[]) {
    const errorCount = findings.filter(({ severity }) => severity === 'error').length;
    const errors = errorCount === 1 ? '1 error' : `${errorCount} errors`;
    super('DREY_PIPELINE_INVALID', `${file} has ${errors}`, {
      hint: 'Correct the marked places; `drey pipeline functions` lists what expressions may call.',
      findings,
    });
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}
