/** @module A fixed address book: participants with their keys and endpoints, as a look-up. */

import { mistakes } from '../errors.ts';
import type { Lookup } from '../ports/lookup.ts';
import { type Party, type RoleName, roleNames } from '../roles.ts';
import type { PublicKeyInput } from '../seal/keys.ts';
import { publicKey } from '../seal/public-key.ts';
import { isDomain } from './domain.ts';

/** A participant as the address book knows it. */
export interface Address {
  /** Its domain, in lower case. */
  readonly domain: string;
  /** Its role; one that has several is listed once for each. */
  readonly role: RoleName;
  /** Its public key; several during a rotation (rule 17). */
  readonly key: PublicKeyInput | readonly PublicKeyInput[];
  /** Where its messages are POSTed. May be left out where only messages from it are received. */
  readonly endpoint?: string | URL;
}

/**
 * Makes a look-up of participants that are known beforehand (rule 7).
 *
 * @throws {TypeError} that lists everything that is wrong with the addresses
 *
 * @example
 * ```ts
 * import { addressBook } from 'shapeshifter-uftp';
 *
 * const lookup = addressBook([
 *   {
 *     domain: 'dso.example',
 *     role: 'DSO',
 *     key: 'cs1.peHkqbZOjdBLE2mk7fh1gt0Z7jbDmCSGEn5injly9NU=',
 *     endpoint: 'https://uftp.dso.example/shapeshifter/api/v3/message',
 *   },
 * ]);
 * ```
 */
export function addressBook(addresses: readonly Address[]): Lookup {
  const problems: string[] = [];
  const book = new Map<string, { readonly keys: readonly string[]; readonly endpoint: URL | undefined }>();
  for (const [i, address] of addresses.entries()) {
    const name = `address ${i + 1} (${address.role} ${address.domain})`;
    if (!isDomain(address.domain))
      problems.push(`${name}: domain: expected one in lower case, such as dso.example`);
    if (!roleNames.includes(address.role))
      problems.push(`${name}: role is not one of ${roleNames.join(', ')}`);
    if (book.has(id(address))) problems.push(`${name}: is there twice; give one entry with several keys`);
    const given = (Array.isArray(address.key) ? address.key : [address.key]) as readonly PublicKeyInput[];
    if (given.length === 0) problems.push(`${name}: key: at least one is needed`);
    // As text, whatever the form was: it is read here, once, and known by its text for every message.
    const keys = given.flatMap((key) => attempt(problems, `${name}: key`, () => publicKey(key).text) ?? []);
    const endpoint =
      address.endpoint === undefined
        ? undefined
        : attempt(problems, `${name}: endpoint`, () => new URL(address.endpoint ?? ''));
    book.set(id(address), { keys, endpoint });
  }
  if (problems.length > 0) throw mistakes('addressBook', problems);
  return {
    name: 'address book',
    keys: (party) => book.get(id(party))?.keys,
    endpoint: (party) => book.get(id(party))?.endpoint,
  };
}

function id(party: Party): string {
  return `${party.role} ${party.domain}`;
}

function attempt<T>(problems: string[], what: string, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
