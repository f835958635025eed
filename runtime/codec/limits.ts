/** @module The bounds on what a document may hold, with their defaults. */

/** Bounds on a document. Every reading stops at the first that is passed. */
export interface Limits {
  /** Bytes of the document. Default 4 MiB. */
  readonly bytesMax: number;
  /** Elements within one another. Default 32. */
  readonly depthMax: number;
  /** Attributes of one element, namespace declarations included. Default 128. */
  readonly attributesMax: number;
  /** Elements in all. Default 250 000. */
  readonly elementsMax: number;
  /** Bytes of one attribute value, binary ones excepted. Default 64 KiB. */
  readonly valueBytesMax: number;
  /** Issues that are reported before the reading stops. Default 100. */
  readonly issuesMax: number;
}

/** The limits that hold unless options say otherwise. */
export const defaultLimits: Limits = Object.freeze({
  bytesMax: 4 * 1024 * 1024,
  depthMax: 32,
  attributesMax: 128,
  elementsMax: 250_000,
  valueBytesMax: 64 * 1024,
  issuesMax: 100,
});
