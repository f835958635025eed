/** @module Bodies on their way in: a request in, its bytes out, within bounds on each body and on all together. */

import { Refusal, type RefusalCode } from './flow/refusal.ts';
import type { Clock } from './ports/clock.ts';

/** Bounds on bodies. */
export interface BodyLimits {
  /** Bytes of one. */
  readonly bytesMax: number;
  /** How long one may take to arrive. */
  readonly bodyMsMax: number;
  /** True: one without Content-Length is taken. */
  readonly chunked: boolean;
}

/** A body whose length is declared, and no more than this, is read at once: a day's message has 10 KB. */
const shortBytesMax = 64 * 1024;
/** Bytes of all bodies that have begun to arrive, unless one alone may be longer. */
const arrivingBytesMax = 64 * 1024 * 1024;

/** A body that has begun to arrive. */
interface Arriving {
  bytes: number;
  /** Refuses it. */
  end: (code: RefusalCode) => void;
}

/**
 * Reads bodies. Where they become too many, the one that has been arriving for longest is given up: whoever sends it
 * slowly on purpose keeps nobody out, and an honest one arrives in no time.
 */
export class Bodies {
  readonly #clock: Clock;
  readonly #limits: BodyLimits;
  /** The one that has been arriving for longest comes first. */
  readonly #arriving = new Set<Arriving>();
  #bytes = 0;

  constructor(clock: Clock, limits: BodyLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Reads a body, whatever its Content-Length claims. @throws {Refusal} (rules 32 and 33) */
  async read(request: Request): Promise<Uint8Array> {
    const { headers } = request;
    const { bytesMax, bodyMsMax, chunked } = this.#limits;
    if (!xml.test(headers.get('content-type') ?? '')) throw new Refusal('content-type');
    const length = headers.get('content-length');
    if (!chunked && !/^\d+$/.test(length ?? '')) throw new Refusal('length-required');
    if (Number(length) > bytesMax) throw new Refusal('body-too-large');
    const arriving: Arriving = { bytes: 0, end: nothing };
    this.#arriving.add(arriving);
    const callOff = this.#clock.after(bodyMsMax, () => arriving.end('body-too-slow'));
    const isShort = length !== null && Number(length) <= shortBytesMax;
    try {
      // Not Promise.race, which costs as much as all else here.
      return await new Promise<Uint8Array>((resolve, fail) => {
        arriving.end = (code) => fail(new Refusal(code));
        const arrived = isShort
          ? this.#readShort(request, arriving, Number(length))
          : this.#collect(request, arriving);
        arrived.then(resolve, fail);
      });
    } finally {
      callOff();
      this.#leave(arriving);
    }
  }

  /** Gives up the body that has been arriving for longest. @returns false where there is none */
  giveUpOldest(): boolean {
    const [oldest] = this.#arriving;
    if (oldest === undefined) return false;
    const { end } = oldest;
    this.#leave(oldest);
    end('too-many-requests');
    return true;
  }

  #leave(arriving: Arriving): void {
    if (this.#arriving.delete(arriving)) this.#bytes -= arriving.bytes;
    arriving.end = nothing; // V8 keeps what has left a Set for a while, and with this the whole request
  }

  #grow(arriving: Arriving, bytes: number): void {
    arriving.bytes += bytes;
    this.#bytes += bytes;
    const { bytesMax } = this.#limits;
    if (arriving.bytes > bytesMax) throw new Refusal('body-too-large');
    while (this.#bytes > Math.max(arrivingBytesMax, bytesMax) && this.giveUpOldest());
  }

  /**
   * Reads a body at once, which costs a server half of what a stream does. It cannot be called off: the server holds it to
   * the length that it declares, which counts from the start.
   */
  #readShort(request: Request, arriving: Arriving, length: number): Promise<Uint8Array> {
    this.#grow(arriving, length);
    return request.arrayBuffer().then((buffer) => {
      const bytes = new Uint8Array(buffer);
      // A Request that was made by hand may hold more. Of one that was given up no bytes are counted any more.
      if (bytes.length > length && this.#arriving.has(arriving)) this.#grow(arriving, bytes.length - length);
      return bytes;
    }, broken);
  }

  async #collect({ body }: Request, arriving: Arriving): Promise<Uint8Array> {
    if (body === null) return new Uint8Array();
    const reader = body.getReader();
    const cancel = (): void => void reader.cancel().catch(() => {}); // the rest is not wanted
    const { end } = arriving;
    arriving.end = (code) => {
      end(code);
      cancel();
    };
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read().catch(broken);
      if (!this.#arriving.has(arriving)) return new Uint8Array(); // it was given up: nobody waits for it
      if (done) return joined(parts, arriving.bytes);
      parts.push(value);
      try {
        this.#grow(arriving, value.length);
      } catch (refusal) {
        cancel();
        throw refusal;
      }
    }
  }
}

const nothing = (): void => {};

/** The connection broke while a body arrived: nobody hears the answer. */
function broken(cause: unknown): never {
  throw new Refusal('body-too-slow', { cause });
}

/** XML in UTF-8, which it is without a charset, too. No two parts match the same text: it takes one look at 16 KiB of blanks. */
const xml = /^\s*(?:text|application)\/xml\s*(?:;\s*(?:charset=(?:utf-8|"utf-8")\s*)?)*$/i;

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
