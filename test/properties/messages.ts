/** @module A model goes in, an arbitrary of the messages of each root comes out, as the decoder would build them. */

import fc, { type Arbitrary } from 'fast-check';
import type { Attribute, Child, ComplexType, Lookup } from '../../codegen/model.ts';
import type { Message } from '../../runtime/roles.ts';
import { valuesOf } from './scalars.ts';

/** An object of a message, by the names of the properties. */
export type Fields = Record<string, unknown>;

/** The most elements of one name that are made. */
const manyMax = 3;

/** The arbitraries of one version. Each is made once: those of a pattern list all characters that it takes. */
export class Messages {
  private readonly lookup: Lookup;
  private readonly scalars = new Map<string, Arbitrary<unknown>>();

  constructor(lookup: Lookup) {
    this.lookup = lookup;
  }

  /** All messages of a root element. */
  of(root: string): Arbitrary<Message & Fields> {
    const fields = this.fields(this.lookup.rootType(root));
    return fields.map((one) => ({ $type: root, ...one }) as unknown as Message & Fields);
  }

  /** All values of a complex type; what is absent and has no default is no property. */
  private fields(type: ComplexType): Arbitrary<Fields> {
    const attributes = this.lookup.attributes(type);
    const children = this.lookup.children(type);
    const model: Record<string, Arbitrary<unknown>> = {};
    for (const row of attributes) model[row.key] = this.scalar(row);
    for (const row of children) model[row.key] = this.children(row);
    const always = [
      ...attributes.filter(isAlways),
      ...children.filter((row) => row.min > 0 || row.max !== 1),
    ];
    return fc.record(model, { requiredKeys: always.map(({ key }) => key), noNullPrototype: true });
  }

  private scalar({ type }: Attribute): Arbitrary<unknown> {
    const known = this.scalars.get(type) ?? valuesOf(this.lookup.valueType(type));
    this.scalars.set(type, known);
    return known;
  }

  private children({ type, min, max }: Child): Arbitrary<unknown> {
    const one = this.fields(this.lookup.complex(type));
    if (max === 1) return one;
    return fc.array(one, { minLength: min, maxLength: max === 'unbounded' ? min + manyMax : max });
  }
}

/** True where the decoder always has a value: its own or the default. */
function isAlways(row: Attribute): boolean {
  return row.required || row.default !== undefined;
}
