/** @module A worker that plays the cases when it is asked, in an object, where participants live on the edge. */

import { report } from './all.ts';

interface Env {
  /** The vectors as JSON; absent where there are none. */
  readonly VECTORS?: string;
  readonly PARTICIPANT: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request): Promise<Response> };
  };
}

/** Plays the cases. */
export class Participant {
  readonly #env: Env;

  constructor(_state: unknown, env: Env) {
    this.#env = env;
  }

  async fetch(): Promise<Response> {
    const { VECTORS } = this.#env;
    return Response.json(await report(VECTORS === undefined ? undefined : JSON.parse(VECTORS)));
  }
}

export default {
  fetch: (request: Request, { PARTICIPANT }: Env): Promise<Response> =>
    PARTICIPANT.get(PARTICIPANT.idFromName('cases')).fetch(request),
};
