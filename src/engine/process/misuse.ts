/** Calls of the public API that cannot be followed; who runs the function adds where it was. */
import type { ErrorCode } from '../../errors/codes.ts';

export type MisuseCode = Extract<
  ErrorCode,
  'DREY_PROCESS_CALL' | 'DREY_PROCESS_ROW' | 'DREY_PROCESS_STATE'
>;

/** Thrown into the function, which may catch it; the job fails when it does not. */
export class Misuse extends Error {
  readonly code: MisuseCode;
  readonly hint: string;

  constructor(code: MisuseCode, message: string, hint: string) {
    super(message);
    this.name = 'Misuse';
    this.code = code;
    this.hint = hint;
  }
}
