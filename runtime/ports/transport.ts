/** @module How a sealed message gets to an endpoint. */

/** One POST. */
export interface TransportRequest {
  /** Where to. */
  readonly url: URL;
  /** Content type and length among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** A SignedMessage; to be sent as it is. */
  readonly body: Uint8Array;
  /** Aborted when the attempt has taken too long. */
  readonly signal: AbortSignal;
  /**
   * The option of the service. False: `url` has been checked as far as its text goes, and a transport that sees the
   * addresses behind a name refuses private ones.
   */
  readonly insecureEndpoints: boolean;
  /**
   * False: a redirect has led to another origin than the endpoint's. What shows the endpoint who we are, such as a client
   * certificate or a token, is not for whoever it names.
   */
  readonly credentials: boolean;
}

/** A partner's answer is read so far and no further. */
export const answerBytesMax: number = 64 * 1024;

/** What came back; redirects are not followed. */
export interface TransportResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The value of a header, by any spelling of its name. */
  header(name: string): string | undefined;
  /** Of an answer from 400 on the beginning of the body, at most 64 KiB of it; else empty. */
  readonly text: string;
}

/**
 * Sends one POST. A transport fault (refused, reset, timed out, TLS) is a throw. An error whose property `unsent` is
 * `true` says that nothing of the message has gone out; after any other one it may have arrived.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;
