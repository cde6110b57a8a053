/** What a fault is: how one endpoint answers, and what class of trouble that is for the client. */
import {
  answerBytes,
  type Answering,
  type Exchange,
  type HonestAnswer,
} from '../../support/hostile-server.ts';

/** What the client can know of a fault; decides which exit status is right. */
export type FaultClass =
  /** No connection was made, so nothing was sent. */
  | 'unreachable'
  /** Sent, and no answer that could be read as HTTP. */
  | 'lost'
  /** An answer, but not Flink's. */
  | 'not-flink'
  | 'redirected'
  /** 401, 403. */
  | 'unauthorized'
  /** Flink says no. */
  | 'refused'
  /** Flink failed inside. */
  | 'server-error'
  /** A proxy has lost it, or says that it cannot be answered. */
  | 'unavailable'
  /** Somebody before Flink says no, or not now: nothing was done. */
  | 'turned-away'
  /** Odd, but it says what an honest answer says. */
  | 'readable'
  /** JSON whose values are not what they ought to be. */
  | 'odd';

export interface Fault {
  readonly name: string;
  readonly class: FaultClass;
  readonly answer: Answering;
  /** No other request is answered either. */
  readonly endsAll?: boolean;
  /** Such trouble may pass, and asking again is right. */
  readonly mayPass?: boolean;
  /** It passes: only the first request is answered so. */
  readonly isOnce?: boolean;
  /** So much to send or to hold that such cases run one at a time. */
  readonly isHeavy?: boolean;
  /** The server has done what was asked for before it answered so. */
  readonly isDone?: boolean;
  /** Of --timeout; DEFAULT_TIMEOUT_MS when it is missing. */
  readonly timeoutMs?: number;
}

/** Answers with these bytes instead, and hangs up after them. */
export function says(bytes: (exchange: Exchange) => Buffer | string): Answering {
  return async (exchange) => {
    await exchange.write(bytes(exchange));
    exchange.socket.end();
  };
}

/** Another answer than the honest one, in good form. */
export function answers(answer: HonestAnswer): Answering {
  return (exchange) => exchange.write(answerBytes(answer));
}

/** The honest answer, turned into something else. */
export function changes(
  change: (answer: HonestAnswer, exchange: Exchange) => HonestAnswer,
): Answering {
  return (exchange) => exchange.write(answerBytes(change(exchange.honest(), exchange)));
}

/** The same fault with what was asked for done before, for requests that change something. */
export function done(fault: Fault): Fault {
  return {
    ...fault,
    name: `${fault.name}, after it was done`,
    isDone: true,
    answer: (exchange) => {
      exchange.honest();
      return fault.answer(exchange);
    },
  };
}

/** The same fault for the first request only, with time to ask again. */
export function once(fault: Fault): Fault {
  return {
    ...fault,
    name: `${fault.name}, once`,
    class: 'readable',
    isOnce: true,
    timeoutMs: ONCE_TIMEOUT_MS,
  };
}

const ONCE_TIMEOUT_MS = 8000;
