/** Which call of the function is running, for which key: what state, timers and outputs refer to. */
import { Misuse } from './misuse.ts';

/** No call is running. */
const NO_KEY = -1;

export class CallScope {
  /** Id of the key; NO_KEY outside of calls. */
  private id = NO_KEY;

  /** Id of the key at hand. Throws Misuse outside of calls: the key would be that of another row. */
  get keyId(): number {
    if (this.id === NO_KEY) {
      throw new Misuse(
        'DREY_PROCESS_CALL',
        'state, timers and outputs were used outside of processElement and onTimer',
        'Use them while the call runs; what happens later (promises, setTimeout) has no key.',
      );
    }
    return this.id;
  }

  enter(keyId: number): void {
    this.id = keyId;
  }

  leave(): void {
    this.id = NO_KEY;
  }
}
