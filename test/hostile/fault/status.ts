/** Answers whose status, or whose sender, is not the one that was asked for. */
import type { Exchange, HonestAnswer } from '../../support/hostile-server.ts';
import { answers, type Fault, type FaultClass } from './fault.ts';

const HTML: Pick<HonestAnswer, 'body' | 'headers'> = {
  body: '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>',
  headers: { 'content-type': 'text/html' },
};

const TRACE =
  '<Exception on server side:\njava.util.concurrent.CompletionException: org.apache.flink.util.FlinkException: outer\n' +
  '\tat org.apache.flink.A.b(A.java:1)\nCaused by: org.apache.flink.util.FlinkException: the inner reason\n\t... 3 more\n\nEnd of exception on server side>';

/** As Flink says that it failed inside. */
const failed: HonestAnswer = { status: 500, body: { errors: ['Internal server error.', TRACE] } };
const LEADER = 'Service temporarily unavailable due to an ongoing leader election. Please refresh.';

const inFlinksWords = (status: number, text: string): HonestAnswer => ({
  status,
  body: { errors: [text] },
});

const answered = (name: string, kind: FaultClass, answer: HonestAnswer): Fault => ({
  name,
  class: kind,
  answer: answers(answer),
  mayPass: kind === 'unavailable' || (kind === 'turned-away' && MAY_PASS.has(answer.status)),
});

/** In the hands of a proxy, or of an election. */
const MAY_PASS: ReadonlySet<number> = new Set([429, 503]);

export const statusFaults: readonly Fault[] = [
  answered('200 with a web page', 'not-flink', { status: 200, ...HTML }),
  answered('200 with nothing', 'not-flink', { status: 200, body: '' }),
  answered('204', 'not-flink', { status: 204, body: '' }),
  answered('206 with a part', 'not-flink', { status: 206, body: '{"jo' }),
  answered('304', 'not-flink', { status: 304, body: '' }),
  ...[301, 302, 303, 307, 308].flatMap((status) => [
    redirect(`${status} to another port`, status, () => 'http://127.0.0.1:9/flink/overview'),
    redirect(
      `${status} to another scheme`,
      status,
      ({ request }) => `https://${hostOf(request)}/x`,
    ),
    redirect(`${status} to itself`, status, ({ request }) => request.path),
  ]),
  redirect('302 to a script', 302, () => 'javascript:alert(1)'),
  redirect('302 to a file', 302, () => 'file:///etc/passwd'),
  redirect('302 to no URL', 302, () => 'http://[::bad'),
  redirect(
    '302 to a lookalike of the host',
    302,
    ({ request }) => `http://${hostOf(request)}.evil.example/`,
  ),
  redirect('302 with escapes', 302, () => 'http://x.example/%1b[31m\u009b31m'),
  answered('302 to nowhere', 'not-flink', { status: 302, body: '' }),
  answered('400 of Flink', 'refused', inFlinksWords(400, 'Request did not match expected format.')),
  answered('400 with a web page', 'turned-away', { status: 400, ...HTML }),
  answered('401 of a proxy', 'unauthorized', { status: 401, ...HTML }),
  answered('401 of Flink', 'unauthorized', inFlinksWords(401, 'no')),
  answered('403 of a proxy', 'unauthorized', { status: 403, ...HTML }),
  answered('403 with nothing', 'unauthorized', { status: 403, body: '' }),
  answered('404 of Flink', 'refused', inFlinksWords(404, 'Unable to load requested file.')),
  answered('404 with a web page', 'turned-away', { status: 404, ...HTML }),
  answered('405', 'turned-away', { status: 405, body: 'Method Not Allowed' }),
  answered('407', 'unauthorized', { status: 407, ...HTML }),
  answered('409 of Flink', 'refused', inFlinksWords(409, 'already reached another state')),
  answered('410', 'turned-away', { status: 410, body: '' }),
  answered('413', 'refused', { status: 413, body: '' }),
  answered('418', 'turned-away', { status: 418, body: 'short and stout' }),
  answered('429', 'turned-away', { status: 429, body: 'slow down' }),
  ...['120', 'Fri, 31 Dec 9999 23:59:59 GMT'].map((after) => ({ ...later(after), mayPass: false })),
  ...['1', '99999999999999999999', '-5', 'soon', '', 'Fri, 31 Dec 1999 23:59:59 GMT'].map(later),
  answered('500 of Flink', 'server-error', failed),
  answered('500 with a web page', 'unavailable', { status: 500, ...HTML }),
  answered('500 with nothing', 'unavailable', { status: 500, body: '' }),
  answered('501', 'unavailable', { status: 501, body: '' }),
  answered('502', 'unavailable', { status: 502, ...HTML }),
  answered('503 of an election, text', 'turned-away', {
    status: 503,
    body: LEADER,
    headers: { 'content-type': 'text/plain' },
  }),
  answered('503 of an election, JSON', 'turned-away', inFlinksWords(503, LEADER)),
  answered('503 with an endless page', 'unavailable', { status: 503, body: '<p>'.repeat(300_000) }),
  answered('504', 'unavailable', { status: 504, ...HTML }),
  answered('599', 'unavailable', { status: 599, body: '' }),
  answered('666', 'unavailable', { status: 666, body: '' }),
  answered('an error with status 200', 'not-flink', { status: 200, body: { errors: ['no'] } }),
  answered('errors that are no texts', 'turned-away', {
    status: 400,
    body: { errors: [1, null, {}] },
  }),
  answered('errors that are no list', 'turned-away', { status: 400, body: { errors: 'no' } }),
  answered(
    'an error without end',
    'refused',
    inFlinksWords(400, `long ${'very '.repeat(100_000)}`),
  ),
  answered('a trace of a thousand causes', 'server-error', {
    status: 500,
    body: { errors: [`a.B: x\n\tat a\n${'Caused by: a.B: y\n\tat a\n'.repeat(1000)}`] },
  }),
];

function later(after: string): Fault {
  return answered(`429 with Retry-After ${JSON.stringify(after)}`, 'turned-away', {
    status: 429,
    body: '',
    headers: { 'retry-after': after },
  });
}

function redirect(name: string, status: number, to: (exchange: Exchange) => string): Fault {
  return {
    name,
    class: 'redirected',
    answer: (exchange) =>
      answers({ status, body: '', headers: { location: to(exchange) } })(exchange),
  };
}

function hostOf({ headers }: Exchange['request']): string {
  return headers.get('host') ?? '';
}
