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

/** Bytes of all bodies that have begun to arrive, unless one alone may be longer. */
const arrivingBytesMax = 64 * 1024 * 1024;

/** A body that has begun to arrive. */
interface Arriving {
  bytes: number;
  /** Refuses it. */
  readonly end: (code: RefusalCode) => void;
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
  async read({ headers, body }: Request): Promise<Uint8Array> {
    const { bytesMax, bodyMsMax, chunked } = this.#limits;
    if (!isXml(headers.get('content-type') ?? '')) throw new Refusal('content-type');
    const length = headers.get('content-length');
    if (!chunked && !/^\d+$/.test(length ?? '')) throw new Refusal('length-required');
    if (Number(length) > bytesMax) throw new Refusal('body-too-large');
    if (body === null) return new Uint8Array();
    const reader = body.getReader();
    let end: Arriving['end'] = () => {};
    const ended = new Promise<never>((_, fail) => {
      end = (code) => fail(new Refusal(code));
    });
    const arriving: Arriving = { bytes: 0, end };
    this.#arriving.add(arriving);
    const callOff = this.#clock.after(bodyMsMax, () => end('body-too-slow'));
    try {
      return await Promise.race([this.#collect(reader, arriving), ended]);
    } catch (refusal) {
      void reader.cancel().catch(() => {}); // the rest is not wanted
      throw refusal;
    } finally {
      callOff();
      this.#leave(arriving);
    }
  }

  /** Gives up the body that has been arriving for longest. @returns false where there is none */
  giveUpOldest(): boolean {
    const [oldest] = this.#arriving;
    if (oldest === undefined) return false;
    this.#leave(oldest);
    oldest.end('too-many-requests');
    return true;
  }

  #leave(arriving: Arriving): void {
    if (this.#arriving.delete(arriving)) this.#bytes -= arriving.bytes;
  }

  async #collect(reader: ReadableStreamDefaultReader<Uint8Array>, arriving: Arriving): Promise<Uint8Array> {
    const { bytesMax } = this.#limits;
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new Refusal('body-too-slow', { cause }); // the connection broke: nobody hears the answer
      });
      if (!this.#arriving.has(arriving)) return new Uint8Array(); // it was given up: nobody waits for it
      if (done) return joined(parts, arriving.bytes);
      parts.push(value);
      arriving.bytes += value.length;
      this.#bytes += value.length;
      if (arriving.bytes > bytesMax) throw new Refusal('body-too-large');
      while (this.#bytes > Math.max(arrivingBytesMax, bytesMax)) this.giveUpOldest();
    }
  }
}

/** XML in UTF-8, which it is without a charset, too. Split by hand: a pattern with white space everywhere is slow. */
function isXml(contentType: string): boolean {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  return (
    (type === 'text/xml' || type === 'application/xml') &&
    parameters.every((one) => one === '' || one === 'charset=utf-8' || one === 'charset="utf-8"')
  );
}

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
