/** @module A message goes in, the same message with something wrong in it, or at a bound, comes out. */

import fc, { type Arbitrary } from 'fast-check';
import type { Attribute, Child, ComplexType, Lookup } from '../../codegen/model.ts';
import { Random } from '../fuzz/random.ts';
import { probesOf } from '../fuzz/values.ts';
import type { Fields } from './messages.ts';

/** A place in a message: the object, and what the model says of one of its properties. */
interface Place {
  readonly fields: Fields;
  readonly attribute?: Attribute;
  readonly child?: Child;
}

/** The messages of a root element, each changed in one to three places; many are still valid. */
export function madeWrong(lookup: Lookup, root: string, messages: Arbitrary<Fields>): Arbitrary<Fields> {
  const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 3 });
  return fc.tuple(messages, seeds).map(([message, list]) => {
    const changed = structuredClone(message) as Fields;
    for (const seed of list) change(lookup, lookup.rootType(root), changed, new Random(String(seed)));
    return changed;
  });
}

function change(lookup: Lookup, type: ComplexType, message: Fields, random: Random): void {
  const place = random.pick(placesOf(lookup, type, message));
  const { fields, attribute, child } = place;
  if (attribute !== undefined) {
    if (random.chance(15)) delete fields[attribute.key];
    else fields[attribute.key] = valueFor(lookup, attribute, random);
  } else if (child !== undefined) {
    if (child.max === 1) delete fields[child.key];
    else fields[child.key] = [];
  } else fields[random.pick(['other', 'Other', 'versions', 'é'])] = 'x';
}

function placesOf(lookup: Lookup, type: ComplexType, fields: Fields): Place[] {
  const inner = lookup.children(type).flatMap((child) => {
    const elements = [fields[child.key] ?? []].flat() as Fields[];
    const places = elements.flatMap((one) => placesOf(lookup, lookup.complex(child.type), one));
    return elements.length === 0 ? places : [{ fields, child }, ...places];
  });
  return [{ fields }, ...lookup.attributes(type).map((attribute) => ({ fields, attribute })), ...inner];
}

/** A value at, over or around a facet, as far as the type in TypeScript can carry it. */
function valueFor(lookup: Lookup, { type }: Attribute, random: Random): unknown {
  const valueType = lookup.valueType(type);
  const { kind } = valueType.builtin;
  if (kind === 'boolean') return random.chance(50);
  if (kind === 'base64Binary' || kind === 'hexBinary') return Uint8Array.of(random.below(256));
  if (kind === 'integer') return random.pick([0, -1, 1, 1.5, 2 ** 53, -(2 ** 53), Number.NaN, 2 ** 53 - 1]);
  if (kind === 'long')
    return random.pick([0n, -(2n ** 63n), 2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n) - 1n, 10n ** 30n]);
  // Half of a character beyond 16 bits is none, and no bytes stand for it.
  return Buffer.from(random.pick(probesOf(valueType)).make(random)).toString();
}
