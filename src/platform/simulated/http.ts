/**
 * A network of one host that the test writes: each request reaches the responder after a random
 * delay, and its answer, or its silence, comes back after another.
 */
import type { Http, HttpRequest, HttpResponse, HttpStream, UnreachableReason } from '../http.ts';
import { unreachable } from '../http-error.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** What the other side does; a reason means that no answer arrives. */
export type SimulatedAnswer = HttpResponse | { readonly unreachable: UnreachableReason };

export type HttpResponder = (request: HttpRequest) => SimulatedAnswer;

/** Each way takes a random part of this. */
const LATENCY_MS_MAX = 20;

export class SimulatedHttp implements Http {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;
  private readonly respond: HttpResponder;

  constructor(scheduler: Scheduler, random: SeededRandom, respond: HttpResponder) {
    this.scheduler = scheduler;
    this.random = random;
    this.respond = respond;
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    const label = `${request.method} ${request.url}`;
    return new Promise((resolve, reject) => {
      this.scheduler.schedule(this.delayMs(), { label, owner: 'http' }, () => {
        const answer = this.respond(request);
        const options = { label: `${label}: answer`, owner: 'http' };
        this.scheduler.schedule(this.delayMs(), options, () => {
          if ('unreachable' in answer) reject(unreachable(request, null, answer.unreachable));
          else if (answer.body.length > request.limits.bodyBytesMax) {
            reject(unreachable(request, null, 'too-large'));
          } else resolve(answer);
        });
      });
    });
  }

  async stream(request: HttpRequest): Promise<HttpStream> {
    const { status, headers, body } = await this.request({
      ...request,
      limits: { ...request.limits, bodyBytesMax: Infinity },
    });
    return { status, headers, chunks: chunksOf(body) };
  }

  async close(): Promise<void> {}

  private delayMs(): number {
    return this.random.next() * LATENCY_MS_MAX;
  }
}

// An async iterable, as on the real platform, that has its content at once.
async function* chunksOf(body: Uint8Array): AsyncIterable<Uint8Array> {
  if (body.length > 0) yield body;
}
