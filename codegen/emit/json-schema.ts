/** @module A model goes in, `schema.json` comes out: JSON Schema 2020-12 of the JSON form of messages. */

import { builtins, type Kind } from '../builtins.ts';
import type { Attribute, Child, ComplexType, Facets, SimpleType } from '../model.ts';
import { translatePatterns } from '../pattern.ts';
import { type Json, printJson } from '../print.ts';
import { literalPatterns } from '../values.ts';
import type { Context } from './context.ts';
import { isMany } from './inits.ts';
import { unsaidRules } from './unsaid.ts';

/**
 * Writes `schema.json`. Each type of the XSDs is a definition under its own name, and so is each root element and each
 * built-in type that attributes have; keys of
 * messages are the XML names. What JSON Schema cannot say stands in the description, and in a `$comment` where it applies.
 */
export function emitJsonSchema(context: Context, banner: string): string {
  const { lookup } = context;
  const { simpleTypes, complexTypes, roots, version } = lookup.model;
  const used = new Set(complexTypes.flatMap((type) => type.attributes.map((attribute) => attribute.type)));
  const definitions: [string, Json][] = [
    ...roots
      .filter(({ name, type }) => name !== type)
      .map(({ name, type }): [string, Json] => [name, refTo(type)]),
    ...complexTypes
      .filter((type) => !type.abstract)
      .map((type): [string, Json] => [type.name, objectOf(type, context)]),
    ...simpleTypes
      .filter((type) => !type.inline)
      .map((type): [string, Json] => [type.name, simpleOf(type, context)]),
    ...[...builtins.keys()]
      .filter((name) => used.has(name))
      .map((name): [string, Json] => [name, builtinOf(name, {})]),
  ];
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $comment: banner,
    title: `UFTP ${version}`,
    description: `The JSON form of messages. It cannot say: ${Object.values(unsaidRules).join('; ')}.`,
    $defs: Object.fromEntries(definitions),
  };
  return `${printJson(schema)}\n`;
}

type JsonObject = { readonly [key: string]: Json };

function refTo(type: string): JsonObject {
  return { $ref: `#/$defs/${encodeURI(type)}` };
}

function objectOf(type: ComplexType, context: Context): JsonObject {
  const { lookup, documentation } = context;
  const attributes = lookup.attributes(type);
  const children = lookup.children(type);
  const required = [...attributes.filter((one) => one.required), ...children.filter((one) => one.min > 0)];
  return {
    description: documentation.type(type),
    type: 'object',
    properties: Object.fromEntries([
      ...attributes.map((attribute) => [attribute.name, attributeOf(attribute, context)]),
      ...children.map((child) => [child.name, childOf(child)]),
    ]),
    required: required.length > 0 ? required.map(({ name }) => name) : undefined,
    additionalProperties: false,
  };
}

function attributeOf({ type, default: value }: Attribute, context: Context): JsonObject {
  const simple = context.lookup.simple(type);
  const base = simple?.base ?? type;
  const kind = builtins.get(base)?.kind ?? 'string';
  const own = simple?.inline ? simpleOf(simple, context) : refTo(type);
  return value === undefined ? own : { ...own, default: jsonValue(value, kind) };
}

function childOf(child: Child): JsonObject {
  if (!isMany(child)) return refTo(child.type);
  return {
    type: 'array',
    items: refTo(child.type),
    minItems: child.min > 0 ? child.min : undefined,
    maxItems: child.max === 'unbounded' ? undefined : child.max,
  };
}

function simpleOf(type: SimpleType, { documentation, corrections }: Context): JsonObject {
  const correction = corrections.get(type.name);
  const facets: Facets = correction ? { ...type.facets, patterns: [correction.patterns] } : type.facets;
  const comment = correction && { $comment: `With the correction ${correction.id}.` };
  return { description: documentation.type(type), ...builtinOf(type.base, facets), ...comment };
}

function builtinOf(base: string, facets: Facets): JsonObject {
  const builtin = builtins.get(base);
  if (builtin === undefined) throw new TypeError(`no built-in type ${base}`);
  switch (builtin.kind) {
    case 'string':
      return stringOf(facets);
    case 'boolean':
      return { type: 'boolean', ...unsaid(facets.patterns && 'patterns') };
    case 'integer':
    case 'long':
      return wholeOf(builtin.kind, [builtin.min, builtin.max], facets);
    case 'base64Binary':
    case 'hexBinary':
      return binaryOf(facets);
    case 'decimal': {
      const bounded = facets.min ?? facets.max;
      return {
        type: 'string',
        ...patternsOf([decimalPattern(facets)], facets),
        ...unsaid(bounded && 'bounds'),
      };
    }
    default:
      return { type: 'string', ...patternsOf([`^(?:${literalPatterns[builtin.kind]})$`], facets) };
  }
}

function stringOf(facets: Facets): JsonObject {
  return {
    type: 'string',
    enum: facets.enumeration,
    minLength: facets.minLength,
    maxLength: facets.maxLength,
    ...patternsOf([], facets),
  };
}

/** All patterns must hold; one stands alone, since most have only one. */
function patternsOf(first: readonly string[], { patterns = [] }: Facets): JsonObject {
  const all = [...first, ...patterns.map(translatePatterns)];
  if (all.length < 2) return { pattern: all[0] };
  return { allOf: all.map((pattern) => ({ pattern })) };
}

function wholeOf(
  kind: 'integer' | 'long',
  [least, most]: readonly [string | undefined, string | undefined],
  facets: Facets,
): JsonObject {
  // A value of kind integer is a number, which carries no more than these.
  const safe = kind === 'integer' ? BigInt(Number.MAX_SAFE_INTEGER) : undefined;
  const min = facets.min ?? bound(least) ?? bound(safe === undefined ? undefined : `-${safe}`);
  const max = facets.max ?? bound(most) ?? bound(safe?.toString());
  const digits = facets.totalDigits === undefined ? undefined : 10n ** BigInt(facets.totalDigits);
  return {
    type: 'integer',
    minimum: min?.exclusive === false ? BigInt(min.value) : undefined,
    exclusiveMinimum: min?.exclusive ? BigInt(min.value) : undefined,
    maximum: max?.exclusive === false ? BigInt(max.value) : undefined,
    exclusiveMaximum: max?.exclusive ? BigInt(max.value) : undefined,
    ...(digits === undefined ? {} : { allOf: [{ exclusiveMinimum: -digits, exclusiveMaximum: digits }] }),
    ...unsaid(facets.patterns && 'patterns'),
  };
}

function bound(value: string | undefined): Facets['min'] {
  return value === undefined ? undefined : { value, exclusive: false };
}

/** Base64 in which every four characters, the padding included, hold three octets. */
function binaryOf({ minLength, maxLength }: Facets): JsonObject {
  const characters = (octets: number | undefined): number | undefined =>
    octets === undefined ? undefined : Math.ceil(octets / 3) * 4;
  return {
    type: 'string',
    contentEncoding: 'base64',
    minLength: characters(minLength),
    maxLength: characters(maxLength),
    pattern: `^${literalPatterns.base64Binary}$`,
  };
}

/** Zeros before the number and at the end of its decimals do not count as digits. */
function decimalPattern({ totalDigits, fractionDigits }: Facets): string {
  const decimals = fractionDigits === undefined ? '[0-9]' : `(?=[0-9])[0-9]{0,${fractionDigits}}0`;
  const some = fractionDigits === undefined ? `${decimals}+` : `${decimals}*`;
  const counted =
    totalDigits === undefined
      ? ''
      : `(?=0*(?:[0-9]{0,${totalDigits}}(?:\\.0*)?$|(?=[0-9]*\\.)(?:\\.?[0-9]){0,${totalDigits}}0*$))`;
  const fraction = fractionDigits === undefined ? '\\.[0-9]*' : `\\.(?:${some})?`;
  return `^[+-]?${counted}(?:[0-9]+(?:${fraction})?|\\.${some})$`;
}

function unsaid(what: string | undefined | false | object): JsonObject {
  if (!what) return {};
  return {
    $comment: `JSON Schema cannot say the ${typeof what === 'string' ? what : 'bounds'} of this type.`,
  };
}

function jsonValue(text: string, kind: Kind): Json {
  if (kind === 'boolean') return text === 'true' || text === '1';
  return kind === 'integer' || kind === 'long' ? BigInt(text) : text;
}
