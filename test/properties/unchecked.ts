/** @module A value that may be no message of its type goes in, out comes what somebody would send who writes it without a check. */

import type { Lookup } from '../../codegen/model.ts';
import { type Element, escaped, write } from '../fuzz/tree.ts';
import type { Fields } from './messages.ts';

const style = { quote: '"', gap: ' ', indent: '', short: true } as const;

/** Writes the fields that the model has, whatever stands in them; others become attributes by the names of their keys. */
export function writeUnchecked(lookup: Lookup, root: string, fields: Fields): Uint8Array {
  return new TextEncoder().encode(write(elementOf(lookup, root, lookup.rootType(root).name, fields), style));
}

function elementOf(lookup: Lookup, name: string, typeName: string, fields: Fields): Element {
  const type = lookup.complex(typeName);
  const rows = [...lookup.attributes(type), ...lookup.children(type)];
  const known = lookup.attributes(type).map(({ key, name: attribute }) => [attribute, fields[key]] as const);
  const other = Object.entries(fields).filter(
    ([key]) => key !== '$type' && !rows.some((row) => row.key === key),
  );
  const attributes = [...known, ...other]
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ({ name: attribute, raw: escaped(lexical(value)) }));
  const content = lookup
    .children(type)
    .flatMap((row) =>
      [fields[row.key] ?? []].flat().map((inner) => elementOf(lookup, row.name, row.type, inner as Fields)),
    );
  return { name, type, attributes, content };
}

function lexical(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}
