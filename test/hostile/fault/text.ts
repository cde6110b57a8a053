/** Answers that are right in form, whose texts are written by somebody who means harm. */
import { answerBytes } from '../../support/hostile-server.ts';
import { naughtyTexts } from '../naughty-texts.ts';
import type { Fault } from './fault.ts';

/** Texts of which the client makes identifiers, states or numbers stay as they are. */
const KEPT =
  /^(?:[0-9a-f]{32}|[A-Z_]{3,}|-?[\d.]+(?:E\d+)?|NaN|\d\.\d+.*|[0-9a-f-]{36}_.*|localhost:[\w-]+|file:.*|SUCCEEDED|success)$/;
/** Keys whose texts decide something. */
const KEPT_KEYS = new Set(['jid', 'id', 'jobid', 'filename', 'className', 'class', 'type', 'mode']);

/** So many texts in one answer: each text of it becomes another one. */
const AT_ONCE = 12;

/** As the text of every field that is one, in turn. */
export const textFaults: readonly Fault[] = Array.from(
  { length: Math.ceil(naughtyTexts.length / AT_ONCE) },
  (_, part): Fault => {
    const texts = naughtyTexts.slice(part * AT_ONCE, (part + 1) * AT_ONCE);
    return {
      name: `texts ${part * AT_ONCE} to ${part * AT_ONCE + texts.length - 1} in its fields`,
      class: 'odd',
      answer: (exchange) => {
        const answer = exchange.honest();
        return exchange.write(answerBytes({ ...answer, body: withTexts(answer.body, texts) }));
      },
    };
  },
);

/** As the reason of a refusal, alone and in a stack trace. */
export const reasonFaults: readonly Fault[] = naughtyTexts.flatMap((text, index): Fault[] => [
  {
    name: `text ${index} as the reason of a refusal`,
    class: 'refused',
    answer: ({ write }) => write(answerBytes({ status: 400, body: { errors: [`no: ${text}`] } })),
  },
  {
    name: `text ${index} in a stack trace`,
    class: 'server-error',
    answer: ({ write }) =>
      write(
        answerBytes({ status: 500, body: { errors: ['Internal server error.', traceOf(text)] } }),
      ),
  },
]);

function traceOf(text: string): string {
  return `<Exception on server side:\njava.lang.RuntimeException: outer ${text}\n\tat a.B.c(D.java:1)\nCaused by: java.io.IOException: ${text}\n\tat a.B.c(D.java:2)\n\nEnd of exception on server side>`;
}

function withTexts(body: unknown, texts: readonly string[]): unknown {
  let at = 0;
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (KEPT.test(value) || KEPT_KEYS.has(key)) return value;
      return texts[at++ % texts.length];
    }
    if (Array.isArray(value)) return value.map((member) => visit(member, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, visit(member, name)]),
    );
  };
  return visit(body, '');
}
