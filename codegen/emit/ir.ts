/** @module A model goes in, `ir.json` comes out: the model as data, to be compared between versions. */

import type { Attribute, Child, ComplexType, Message, Model, Root, SimpleType } from '../model.ts';
import { type Json, printJson } from '../print.ts';

/** Format of `ir.json`. */
export const irFormat = 1;

/** Writes `ir.json`. */
export function emitIr(model: Model, banner: string): string {
  const { version, experimental, envelope, xsds, simpleTypes, complexTypes, roots, messages } = model;
  const json = {
    $comment: banner,
    format: irFormat,
    version,
    experimental,
    envelope,
    xsds,
    simpleTypes: simpleTypes.map(simpleType),
    complexTypes: complexTypes.map(complexType),
    roots: roots.map(({ name, type }: Root) => ({ name, type })),
    messages: messages.map(message),
  };
  return `${printJson(json)}\n`;
}

function simpleType({ name, typeName, inline, base, kind, facets }: SimpleType): Json {
  return { name, typeName, inline, base, kind, facets: facets as unknown as Json };
}

function complexType({ name, typeName, file, abstract, base, attributes, children }: ComplexType): Json {
  return {
    name,
    typeName,
    file,
    abstract,
    base,
    attributes: attributes.map(attribute),
    children: children.map(child),
  };
}

/** In a fixed order; optional members that are absent are left out by the printer. */
function message(row: Message): Json {
  const { name, from, to, response, request, reference, result, copies, rejection, constants } = row;
  const { references, index, order, notAfter, implied } = row;
  const pairing = { response, request, reference, result, copies, rejection: rejection as unknown as Json };
  return { name, from, to, ...pairing, constants, references, index, order, notAfter, implied };
}

function attribute({ name, key, type, required, default: value }: Attribute): Json {
  return { name, key, type, required, default: value };
}

function child({ name, key, type, min, max }: Child): Json {
  return { name, key, type, min, max };
}
