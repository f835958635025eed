/** @module A documentation file goes in; for each part of a model, the text of its doc comment comes out. */

import { isObject, type JsonFile, readJson } from './json.ts';
import { locate } from './locate.ts';
import type { Attribute, Child, ComplexType, Model, Origin, Root, SimpleType } from './model.ts';
import type { Problems } from './problems.ts';

/** What the doc comments say. Each text comes from the documentation file, else from the XSD, else there is none. */
export class Documentation {
  readonly #types: readonly Texts[];
  readonly #roots: readonly Texts[];

  /**
   * @param file the documentation file, if there is one
   * @param version key of the texts that hold for one version and go before the others
   */
  constructor(file?: JsonFile, version = '') {
    const own = part(part(file?.value, 'versions'), version);
    this.#types = [part(own, 'types'), part(file?.value, 'types')];
    this.#roots = [part(own, 'roots'), part(file?.value, 'roots')];
  }

  /** What the message is for. */
  root(root: Root): string | undefined {
    return this.#text(this.#roots, [root.name]) ?? root.documentation;
  }

  /** What the type is. */
  type(type: SimpleType | ComplexType): string | undefined {
    return this.#text(this.#types, [type.name, 'text']) ?? type.documentation;
  }

  /** What a value of an enumeration means. */
  value(type: SimpleType, value: string): string | undefined {
    return this.#text(this.#types, [type.name, 'values', value]) ?? type.valueDocumentation?.get(value);
  }

  /**
   * What the attribute says.
   *
   * @param owner the type that declares it
   */
  attribute(owner: ComplexType, attribute: Attribute): string | undefined {
    return this.#text(this.#types, [owner.name, 'attributes', attribute.name]) ?? attribute.documentation;
  }

  /**
   * What the child element says.
   *
   * @param owner the type that declares it
   */
  child(owner: ComplexType, child: Child): string | undefined {
    return this.#text(this.#types, [owner.name, 'elements', child.name]) ?? child.documentation;
  }

  /** Reports each part of a model that neither the documentation file nor the XSD says anything of. */
  requireAll(model: Model, file: string, problems: Problems): void {
    const need = (text: string | undefined, origin: Origin, construct: string): void => {
      const place = origin.place ?? { file, line: 1 };
      if (text === undefined) problems.report(place, construct, 'is not documented', `add a text to ${file}`);
    };
    for (const root of model.roots) need(this.root(root), root, `xs:element ${root.name}`);
    for (const type of model.simpleTypes) {
      if (!type.inline) need(this.type(type), type, `xs:simpleType ${type.name}`);
      for (const value of type.facets.enumeration ?? []) {
        need(this.value(type, value), type, `value ${value} of ${type.name}`);
      }
    }
    for (const type of model.complexTypes) {
      need(this.type(type), type, `xs:complexType ${type.name}`);
      for (const one of type.attributes) need(this.attribute(type, one), one, `${one.name} of ${type.name}`);
      for (const one of type.children) need(this.child(type, one), one, `${one.name} of ${type.name}`);
    }
  }

  #text(layers: readonly Texts[], path: readonly string[]): string | undefined {
    for (const layer of layers) {
      const found = path.reduce<unknown>(
        (at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
        layer,
      );
      if (typeof found === 'string' && found !== '') return found;
    }
    return undefined;
  }
}

/** Reads a documentation file. */
export async function readDocumentation(
  file: string | undefined,
  version: string,
  problems: Problems,
): Promise<Documentation> {
  return new Documentation(file === undefined ? undefined : await readJson(locate(file), problems), version);
}

type Texts = unknown;

function part(of: unknown, key: string): Texts {
  return isObject(of) && Object.hasOwn(of, key) ? of[key] : undefined;
}
