/** @module What the bench finds out, as it is written to report.json. Times are medians of rounds, in microseconds of processor time. */

/** Everything that was measured. */
export interface Report {
  /** Of this form: grows when a member changes its meaning. */
  readonly format: 1;
  readonly machine: Machine;
  /** Rounds that were counted, and requests in each. */
  readonly rounds: number;
  readonly requests: number;
  readonly http: readonly HttpRow[];
  readonly stages: readonly StageRow[];
  readonly signatures: readonly SignatureRow[];
  readonly isps: readonly IspRow[];
}

/** Where it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
}

/** A server under load. */
export interface HttpRow {
  readonly name: string;
  /** `node`, `bun`, `deno` or `python`. */
  readonly runtime: string;
  readonly requestsPerSecond: number;
  /** Processor time that the server's process used for a request, all of its threads together. */
  readonly cpuUs: number;
  /** Processor time against the baseline of the same runtime; that of Node where it has none. */
  readonly toBaseline: number;
  /** How many times less that is than the Python service's; absent where that was not measured. */
  readonly peerRatio?: number;
}

/** What one message costs, stage by stage, within one process. */
export interface StageRow {
  readonly runtime: string;
  readonly message: string;
  /** Of the payload. */
  readonly bytes: number;
  /** From the bytes of a SignedMessage to sender and sealed bytes. */
  readonly envelopeUs: number;
  /** node:crypto alone, with a key that was imported before. */
  readonly nativeVerifyUs: number;
  readonly verifyUs: number;
  /** `verifyUs` against `nativeVerifyUs`. */
  readonly verifyRatio: number;
  /** Decoded and validated: from bytes to a typed message. */
  readonly readUs: number;
  /** Validated and encoded: from a typed message to bytes. */
  readonly encodeUs: number;
  readonly signUs: number;
  /** fast-xml-parser: to an object without types; nothing is validated. */
  readonly fastXmlParserUs: number;
  /** libxml2-wasm: parsed and validated by the XSD; no object is made. */
  readonly libxml2Us: number;
}

/** What signatures of a FlexOffer with 96 ISPs cost by one backend. */
export interface SignatureRow {
  readonly runtime: string;
  readonly backend: string;
  /** One at a time. */
  readonly verifyUs: number;
  /** With 64 under way, of which a backend that answers at once makes nothing. */
  readonly verifyAt64Us: number;
  /** The same by the clock. */
  readonly verifyAt64ClockUs: number;
  readonly signUs: number;
}

/** What a FlexOffer costs for each of its ISPs. */
export interface IspRow {
  readonly isps: number;
  /** Of the payload. */
  readonly bytes: number;
  readonly readUs: number;
  readonly encodeUs: number;
  readonly fastXmlParserUs: number;
  readonly libxml2Us: number;
}
