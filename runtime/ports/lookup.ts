/** @module Where keys and endpoints of other participants come from: two separate questions, since a broker has one endpoint for all. */

import type { Awaitable, Party } from '../roles.ts';
import type { PublicKeyInput } from '../seal/keys.ts';

/** The look-up hooks of a service. */
export interface Lookup {
  /** What is kept of each message beside the key that verified it, such as `address book`. Default `look-up`. */
  readonly name?: string;
  /**
   * The public keys of a participant, all of which are valid (two during a rotation, rule 17). Nothing found is
   * `undefined` or an empty list; a look-up that fails throws. `fresh` asks to pass over caches: a signature did not hold.
   * What it finds should go into the cache: in vain it is asked once a minute for a sender.
   */
  keys(
    party: Party,
    options: { readonly fresh: boolean },
  ): Awaitable<PublicKeyInput | readonly PublicKeyInput[] | undefined>;
  /** The URL to which messages for a participant are POSTed. */
  endpoint(party: Party): Awaitable<string | URL | undefined>;
}
