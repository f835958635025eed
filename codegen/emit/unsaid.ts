/** @module What `schema.json` cannot say of the JSON form: the complete list, as sentences that go into it. */

/** Names of the rules. */
export type UnsaidRule = 'null' | 'decimalBounds' | 'decimalNumber' | 'space' | 'characters' | 'rounded';

/**
 * The rules of `fromJson` that JSON Schema has no word for, or that `JSON.parse` undoes before a schema is asked.
 * Wherever none of them applies, a message is valid by `schema.json` exactly where `fromJson` takes it; tests prove both.
 */
export const unsaidRules: Readonly<Record<UnsaidRule, string>> = {
  null: 'null reads as absent',
  decimalBounds: 'a decimal stays within its least and greatest value',
  decimalNumber: 'a decimal may be a number as well as a string',
  space: 'white space around anything but a string is passed over',
  characters: 'a string holds only characters that XML can carry',
  rounded:
    'an integer of 64 bits beyond ±(2^53 - 1) is taken from JSON text only, since JSON.parse may have rounded it',
};
