/** @module Names of built-in types of XML Schema go in, what the generator and the runtime know of them comes out. */

/** How values are read and what carries them, see `runtime/codec/table.ts`. */
export type Kind =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'long'
  | 'date'
  | 'dateTime'
  | 'time'
  | 'duration'
  | 'base64Binary'
  | 'hexBinary';

/** A built-in type. */
export interface Builtin {
  readonly kind: Kind;
  /** Smallest and largest value, as text. */
  readonly min?: string;
  readonly max?: string;
  readonly whiteSpace: 'preserve' | 'replace' | 'collapse';
}

const of = (kind: Kind, min?: string, max?: string): Builtin => ({
  kind,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
  whiteSpace: 'collapse',
});

/** The built-in types that the runtime has, by name with `xs:`. */
export const builtins: ReadonlyMap<string, Builtin> = new Map([
  ['xs:string', { kind: 'string', whiteSpace: 'preserve' }],
  ['xs:normalizedString', { kind: 'string', whiteSpace: 'replace' }],
  ['xs:token', of('string')],
  ['xs:boolean', of('boolean')],
  ['xs:decimal', of('decimal')],
  ['xs:date', of('date')],
  ['xs:dateTime', of('dateTime')],
  ['xs:time', of('time')],
  ['xs:duration', of('duration')],
  ['xs:base64Binary', of('base64Binary')],
  ['xs:hexBinary', of('hexBinary')],
  ['xs:integer', of('integer')],
  ['xs:positiveInteger', of('integer', '1')],
  ['xs:nonNegativeInteger', of('integer', '0')],
  ['xs:negativeInteger', of('integer', undefined, '-1')],
  ['xs:nonPositiveInteger', of('integer', undefined, '0')],
  ['xs:int', of('integer', '-2147483648', '2147483647')],
  ['xs:short', of('integer', '-32768', '32767')],
  ['xs:byte', of('integer', '-128', '127')],
  ['xs:unsignedInt', of('integer', '0', '4294967295')],
  ['xs:unsignedShort', of('integer', '0', '65535')],
  ['xs:unsignedByte', of('integer', '0', '255')],
  ['xs:long', of('long', '-9223372036854775808', '9223372036854775807')],
  ['xs:unsignedLong', of('long', '0', '18446744073709551615')],
]);

/** The TypeScript type of a kind's values, and whether the door of the runtime has to be asked for it. */
export const valueTypes: Readonly<Record<Kind, { readonly text: string; readonly imported: boolean }>> = {
  string: { text: 'string', imported: false },
  boolean: { text: 'boolean', imported: false },
  decimal: { text: 'Decimal', imported: true },
  integer: { text: 'number', imported: false },
  long: { text: 'bigint', imported: false },
  date: { text: 'IsoDate', imported: true },
  dateTime: { text: 'IsoDateTime', imported: true },
  time: { text: 'IsoTime', imported: true },
  duration: { text: 'IsoDuration', imported: true },
  base64Binary: { text: 'Uint8Array', imported: false },
  hexBinary: { text: 'Uint8Array', imported: false },
};

/** Name of the constant in the door of the runtime: `xs:long` is `xsLong`. */
export function builtinConstant(name: string): string {
  return `xs${name.charAt(3).toUpperCase()}${name.slice(4)}`;
}
