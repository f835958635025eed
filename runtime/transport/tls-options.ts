/** @module What a user settles of TLS with partners: as the type of an option. */

/** PEM text, or its bytes. */
export type Pem = string | Uint8Array;

/** What `nodeTransport` needs beyond the defaults of TLS. */
export interface NodeTransportOptions {
  /** Who vouches for partners, in place of the authorities that Node knows (`rootCertificates` of `node:tls`). */
  readonly ca?: Pem | readonly Pem[];
  /**
   * Own certificate with those between it and its root, for partners who ask for one (mTLS); it is not shown to another
   * origin that they redirect to. Default: none.
   */
  readonly cert?: Pem;
  /** Private key of `cert`: not the one that signs messages. */
  readonly key?: Pem;
}
