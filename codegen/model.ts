/** @module The model of one protocol version: what `build` and `check` make and `emit` writes; plain data, as in `ir.json`. */

import { type Builtin, builtins, type Kind } from './builtins.ts';
import type { Place } from './problems.ts';

/** A protocol version. Everything in it is named as in the XSDs; `typeName` and `key` are the names in TypeScript. */
export interface Model {
  /** What stands in the Version attribute; empty for a folder of XSDs without a protocol file. */
  readonly version: string;
  readonly experimental: boolean;
  /** The root element of the outer message; empty without a protocol file. */
  readonly envelope: string;
  /** How many XSDs it was read from. */
  readonly xsds: number;
  readonly simpleTypes: readonly SimpleType[];
  readonly complexTypes: readonly ComplexType[];
  readonly roots: readonly Root[];
  /** One for each root other than the envelope; none without a protocol file. */
  readonly messages: readonly Message[];
}

/** What every named thing knows of its origin; not part of `ir.json`. */
export interface Origin {
  readonly place?: Place;
  /** The XSD's own documentation, white space collapsed. */
  readonly documentation?: string;
}

/** A least or greatest value. */
export interface Bound {
  /** As it is written in the XSD. */
  readonly value: string;
  readonly exclusive: boolean;
}

/** Facets beyond those of the built-in type, those of all steps of restriction taken together. */
export interface Facets {
  readonly whiteSpace?: 'preserve' | 'replace' | 'collapse';
  readonly enumeration?: readonly string[];
  /** XSD patterns: of each step of restriction, alternatives. */
  readonly patterns?: readonly (readonly string[])[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly min?: Bound;
  readonly max?: Bound;
  readonly totalDigits?: number;
  readonly fractionDigits?: number;
}

/** What values are checked against: a built-in type and the facets beyond it. */
export interface ValueType {
  readonly builtin: Builtin;
  readonly facets: Facets;
}

/** A simple type that the XSDs declare. */
export interface SimpleType extends Origin {
  /** Of a type that stands inside an attribute: `Owner/@Attribute`. */
  readonly name: string;
  readonly typeName: string;
  /** True where it stands inside an attribute. */
  readonly inline: boolean;
  /** Name of the built-in type that it restricts in the end, such as `xs:string`. */
  readonly base: string;
  readonly kind: Kind;
  readonly facets: Facets;
  /** The XSD's documentation of enumeration values; not part of `ir.json`. */
  readonly valueDocumentation?: ReadonlyMap<string, string>;
}

/** An attribute of a complex type. */
export interface Attribute extends Origin {
  readonly name: string;
  readonly key: string;
  /** Name of a simple type, or of a built-in one with `xs:`. */
  readonly type: string;
  readonly required: boolean;
  /** As it is written in the XSD, white space normalised. */
  readonly default?: string;
}

/** A child element of a complex type. */
export interface Child extends Origin {
  readonly name: string;
  readonly key: string;
  readonly type: string;
  readonly min: number;
  readonly max: number | 'unbounded';
}

/** A complex type; its own parts, without those of the type that it extends. */
export interface ComplexType extends Origin {
  readonly name: string;
  readonly typeName: string;
  /** Name of the XSD that declares it. */
  readonly file: string;
  readonly abstract: boolean;
  /** Name of the complex type that it extends. */
  readonly base?: string;
  /** Its own, without the base's. */
  readonly attributes: readonly Attribute[];
  /** Its own, without the base's. */
  readonly children: readonly Child[];
}

/** A root element. */
export interface Root extends Origin {
  readonly name: string;
  readonly type: string;
}

/** The roles of UFTP. */
export type RoleName = 'AGR' | 'CRO' | 'DSO';

/** Roles in the order in which generated code lists them. */
export const roleNames: readonly RoleName[] = ['AGR', 'CRO', 'DSO'];

/** A value as it can stand in a protocol file. */
export type Literal = string | number | boolean;

/** What the library fills into a response; names are those of the XSDs. */
export type Fill =
  | { readonly copy: string }
  | { readonly use: 'recipientDomain' | 'senderDomain' | 'reason' }
  | { readonly each: string; readonly as: Fill }
  | { readonly list: readonly Fill[] }
  | { readonly value: Literal }
  | { readonly fields: Readonly<Record<string, Fill>> };

/** What it says that an attribute is absent: this value, or true exactly where another one is absent. */
export type Implied = { readonly value: Literal } | { readonly whenAbsent: string };

/** What the protocol file says of a message, and what follows from it. */
export interface Message {
  readonly name: string;
  readonly from: readonly RoleName[];
  readonly to: readonly RoleName[];
  readonly response?: string;
  /** The message that this one answers. */
  readonly request?: string;
  readonly reference?: string;
  /** Of a response: true where it has Result and RejectionReason. */
  readonly result: boolean;
  readonly copies: readonly string[];
  readonly rejection?: Readonly<Record<string, Fill>>;
  readonly constants: Readonly<Record<string, Literal>>;
  readonly references: Readonly<Record<string, string>>;
  readonly index: Readonly<Record<string, readonly string[]>>;
  readonly order?: readonly string[];
  readonly notAfter?: string;
  readonly implied: Readonly<Record<string, Implied>>;
}

/** A model with its types at hand. */
export class Lookup {
  readonly model: Model;
  readonly #simple: ReadonlyMap<string, SimpleType>;
  readonly #complex: ReadonlyMap<string, ComplexType>;

  constructor(model: Model) {
    this.model = model;
    this.#simple = new Map(model.simpleTypes.map((type) => [type.name, type]));
    this.#complex = new Map(model.complexTypes.map((type) => [type.name, type]));
  }

  /** The simple type, undefined for a built-in one. */
  simple(name: string): SimpleType | undefined {
    return this.#simple.get(name);
  }

  /** @throws {TypeError} where the model has no such complex type */
  complex(name: string): ComplexType {
    const type = this.#complex.get(name);
    if (type === undefined) throw new TypeError(`no complex type ${name}`);
    return type;
  }

  /** The complex type that a type extends, if it does. */
  base(type: ComplexType): ComplexType | undefined {
    return type.base === undefined ? undefined : this.complex(type.base);
  }

  /** All attributes, the base's first: the order of the table. */
  attributes(type: ComplexType): readonly Attribute[] {
    const base = this.base(type);
    return base ? [...this.attributes(base), ...type.attributes] : type.attributes;
  }

  /** The attribute of this name, of the type or of one that it extends. */
  attribute(type: ComplexType, name: string): Attribute | undefined {
    return this.attributes(type).find((attribute) => attribute.name === name);
  }

  /** What values of a simple type, built-in or not, are checked against. @throws {TypeError} where there is none */
  valueType(name: string): ValueType {
    const simple = this.#simple.get(name);
    const builtin = builtins.get(simple?.base ?? name);
    if (builtin === undefined) throw new TypeError(`no simple type ${name}`);
    return { builtin, facets: simple?.facets ?? {} };
  }

  /** All children, the base's first: the order of the content. */
  children(type: ComplexType): readonly Child[] {
    const base = this.base(type);
    return base ? [...this.children(base), ...type.children] : type.children;
  }

  /** The complex type of a root element. @throws {TypeError} where there is no such root */
  rootType(name: string): ComplexType {
    const root = this.model.roots.find((candidate) => candidate.name === name);
    if (root === undefined) throw new TypeError(`no root element ${name}`);
    return this.complex(root.type);
  }
}
