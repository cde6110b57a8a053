/** Calls of the public API that cannot be followed; who runs the function adds where it was. */
import type { ErrorCode } from '../../errors/codes.ts';
import { EngineError } from '../../errors/drey-error.ts';

export type MisuseCode = Extract<
  ErrorCode,
  'DREY_PROCESS_CALL' | 'DREY_PROCESS_ROW' | 'DREY_PROCESS_STATE'
>;

/** Thrown into the function, which may catch it; the job fails when it does not. */
export class Misuse extends EngineError {
  constructor(code: MisuseCode, message: string, hint: string) {
    super(code, message, { hint });
  }
}
