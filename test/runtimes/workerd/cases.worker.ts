/** @module A worker that plays the cases for its store, each in an object of its own, which begins empty. */

import { durableObject, type ObjectState } from '../../../runtime/worker.ts';
import { play } from '../play.ts';
import { edgeCases } from './cases.ts';

interface Env {
  readonly PARTICIPANT: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request): Promise<Response> };
  };
}

/** Plays the case whose number is the path. */
export class Participant {
  readonly #state: ObjectState;

  constructor(state: ObjectState) {
    this.#state = state;
  }

  async fetch(request: Request): Promise<Response> {
    const open = async () => durableObject(this.#state.storage);
    const cases = edgeCases(open, open);
    const number = Number(new URL(request.url).pathname.slice(1));
    return Response.json(await play(cases.slice(number, number + 1)));
  }

  /** The store sets it, and Cloudflare asks that it is there. */
  async alarm(): Promise<void> {}
}

export default {
  fetch: (request: Request, { PARTICIPANT }: Env): Promise<Response> =>
    PARTICIPANT.get(PARTICIPANT.idFromName(new URL(request.url).pathname)).fetch(request),
};
