/** @module Two models go in, what has changed from one to the other comes out, in words. */

import { compareValues, type ValueChange } from './diff-values.ts';
import { type Attribute, type Child, type ComplexType, Lookup, type Message, type Model } from './model.ts';

export { readModel } from './read-model.ts';

/** A change from one version to another. */
export interface Change {
  /**
   * True where a document that is valid in the first version may be invalid in the second or say something else there,
   * where a message no longer exists, is no longer sent or received by a role, or is answered otherwise.
   */
  readonly breaking: boolean;
  /** What changed, such as `message FlexForecast added`. */
  readonly text: string;
}

/**
 * Compares two versions by what their documents look like: types are compared where messages lead to them, whatever
 * their names are. Directions and responses are compared where both models have them.
 *
 * @returns breaking changes first, each group in alphabetical order
 */
export function diff(a: Model, b: Model): Change[] {
  const comparison = new Comparison(a, b);
  comparison.types();
  comparison.roots();
  if (a.messages.length > 0 && b.messages.length > 0) comparison.messages();
  return comparison.changes();
}

class Comparison {
  readonly #a: Lookup;
  readonly #b: Lookup;
  readonly #found = new Map<string, Change>();
  readonly #compared = new Set<string>();

  constructor(a: Model, b: Model) {
    this.#a = new Lookup(a);
    this.#b = new Lookup(b);
  }

  changes(): Change[] {
    const rank = (change: Change): string => `${change.breaking ? 0 : 1}${change.text}`;
    return [...this.#found.values()].sort((x, y) => (rank(x) < rank(y) ? -1 : 1));
  }

  types(): void {
    const names = ({ model }: Lookup): string[] => [
      ...model.complexTypes.map(({ name }) => name),
      ...model.simpleTypes.filter(({ inline }) => !inline).map(({ name }) => name),
    ];
    const [before, after] = [names(this.#a), names(this.#b)];
    for (const name of before.filter((known) => !after.includes(known)))
      this.#note(false, `type ${name} removed`);
    for (const name of after.filter((known) => !before.includes(known)))
      this.#note(false, `type ${name} added`);
  }

  roots(): void {
    const after = new Map(this.#b.model.roots.map((root) => [root.name, root]));
    for (const { name, type } of this.#a.model.roots) {
      const other = after.get(name);
      after.delete(name);
      if (other === undefined) this.#note(true, `message ${name} removed`);
      else this.#complex(this.#a.complex(type), this.#b.complex(other.type));
    }
    for (const name of after.keys()) this.#note(false, `message ${name} added`);
  }

  messages(): void {
    const after = new Map(this.#b.model.messages.map((message) => [message.name, message]));
    for (const message of this.#a.model.messages) {
      const other = after.get(message.name);
      if (other) this.#message(message, other);
    }
  }

  #message(a: Message, b: Message): void {
    const subject = `message ${a.name}`;
    for (const [side, before, after] of [
      ['from', a.from, b.from],
      ['to', a.to, b.to],
    ] as const) {
      for (const role of before)
        if (!after.includes(role)) this.#note(true, `${subject}: no longer ${side} ${role}`);
      for (const role of after)
        if (!before.includes(role)) this.#note(false, `${subject}: now also ${side} ${role}`);
    }
    const say = (what: string, before: string | undefined, after: string | undefined): void => {
      if (before !== after)
        this.#note(true, `${subject}: ${what} ${after ?? 'none'}, was ${before ?? 'none'}`);
    };
    say('response', a.response, b.response);
    say('reference', a.reference, b.reference);
  }

  #complex(a: ComplexType, b: ComplexType): void {
    const pair = `${a.name} ${b.name}`;
    if (this.#compared.has(pair)) return;
    this.#compared.add(pair);
    const types = new TypePair([this.#a, a], [this.#b, b]);
    const [before, after] = [this.#a.attributes(a), this.#b.attributes(b)];
    for (const attribute of before) {
      const other = after.find(({ name }) => name === attribute.name);
      const here = `${types.subject(attribute, other)}: attribute ${attribute.name}`;
      if (other) this.#attribute(here, attribute, other);
      else this.#note(true, `${here} removed`);
    }
    for (const attribute of after) {
      const { name, required } = attribute;
      if (before.some((known) => known.name === name)) continue;
      const here = `${types.subject(undefined, attribute)}: attribute ${name}`;
      this.#note(required, `${here} added, ${required ? 'required' : 'optional'}`);
    }
    this.#children(types, this.#a.children(a), this.#b.children(b));
  }

  #attribute(here: string, a: Attribute, b: Attribute): void {
    if (a.required !== b.required) {
      this.#note(b.required, `${here} ${b.required ? 'required, was optional' : 'optional, was required'}`);
    }
    if (a.default !== b.default) {
      const words = (value: string | undefined): string => (value === undefined ? 'none' : `"${value}"`);
      this.#note(true, `${here}: default ${words(b.default)}, was ${words(a.default)}`);
    }
    const changes = compareValues(this.#a.valueType(a.type), this.#b.valueType(b.type));
    const isInline = a.type.includes('/') || b.type.includes('/');
    if (a.type === b.type && !isInline) {
      // A named type is spoken of once, wherever it is used.
      for (const change of changes) this.#note(change.breaking, `${a.type}: ${change.text}`);
    } else if (a.type !== b.type || changes.length > 0) {
      this.#typeChange(here, a.type, b.type, changes);
    }
  }

  #typeChange(here: string, a: string, b: string, changes: readonly ValueChange[]): void {
    const names = a === b ? 'its own type' : `type ${b}, was ${a}`;
    const details = changes.map(({ text }) => text).join('; ');
    this.#note(
      changes.some(({ breaking }) => breaking),
      `${here}: ${names}${details === '' ? '' : `: ${details}`}`,
    );
  }

  #children(types: TypePair, before: readonly Child[], after: readonly Child[]): void {
    for (const child of before) {
      const other = after.find(({ name }) => name === child.name);
      const here = `${types.subject(child, other)}: element ${child.name}`;
      if (other === undefined) {
        this.#note(true, `${here} removed`);
        continue;
      }
      this.#occurrence(here, child, other);
      this.#complex(this.#a.complex(child.type), this.#b.complex(other.type));
    }
    for (const child of after) {
      if (before.some(({ name }) => name === child.name)) continue;
      const here = `${types.subject(undefined, child)}: element ${child.name}`;
      this.#note(child.min > 0, `${here} added, ${child.min > 0 ? 'required' : 'optional'}`);
    }
    const order = (some: readonly Child[], others: readonly Child[]): string =>
      some.flatMap(({ name }) => (others.some((other) => other.name === name) ? [name] : [])).join(', ');
    const [orderBefore, orderAfter] = [order(before, after), order(after, before)];
    if (orderBefore !== orderAfter) {
      this.#note(true, `${types.subject()}: order ${orderAfter}, was ${orderBefore}`);
    }
  }

  #occurrence(here: string, a: Child, b: Child): void {
    if (a.min !== b.min) this.#note(b.min > a.min, `${here}: at least ${b.min}, was ${a.min}`);
    const number = ({ max }: Child): number => (max === 'unbounded' ? Number.POSITIVE_INFINITY : max);
    if (a.max !== b.max) this.#note(number(b) < number(a), `${here}: at most ${b.max}, was ${a.max}`);
  }

  #note(breaking: boolean, text: string): void {
    this.#found.set(text, { breaking, text });
  }
}

/** A complex type in both versions. */
class TypePair {
  readonly #before: readonly ComplexType[];
  readonly #after: readonly ComplexType[];

  constructor([a, before]: readonly [Lookup, ComplexType], [b, after]: readonly [Lookup, ComplexType]) {
    this.#before = chain(a, before);
    this.#after = chain(b, after);
  }

  /** The type to name with a part: the one that declares it in both versions, so that it is named once, else this one. */
  subject(before?: Attribute | Child, after?: Attribute | Child): string {
    const [own, other] = [this.#before[0]?.name ?? '', this.#after[0]?.name ?? ''];
    const owners = [declarer(this.#before, before), declarer(this.#after, after)].filter(
      (name) => name !== undefined,
    );
    const [owner] = owners;
    const isShared = [this.#before, this.#after].every((types) => types.some(({ name }) => name === owner));
    if (owner !== undefined && isShared && owners.every((name) => name === owner)) return owner;
    return own === other ? own : `${other} (was ${own})`;
  }
}

/** A type and the types that it extends. */
function chain(lookup: Lookup, type: ComplexType): ComplexType[] {
  const base = lookup.base(type);
  return base ? [type, ...chain(lookup, base)] : [type];
}

function declarer(types: readonly ComplexType[], part: Attribute | Child | undefined): string | undefined {
  if (part === undefined) return undefined;
  return types.find((type) => [...type.attributes, ...type.children].includes(part))?.name;
}
