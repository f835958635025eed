/** @module The messages of a model go in, `protocol.ts` comes out: a row for each, and the protocol itself. */

import type { Fill, Implied, Message } from '../model.ts';
import { pascal, propertyName, rowName } from '../names.ts';
import type { Constant, SourceFile } from '../print.ts';
import { type Context, door, Imports } from './context.ts';
import { Call, Code, constant, type Expression } from './expression.ts';

/** Writes `protocol.ts`. */
export function emitProtocol(context: Context): SourceFile {
  const path = 'protocol.ts';
  const imports = new Imports(path);
  const { messages, version, experimental, envelope } = context.lookup.model;
  const rows = messages.map((message) => row(message, imports, context));
  const outer = new Code(imports.table(context.lookup.rootType(envelope).name, context));
  const facts = { format: 1, version, experimental, envelope: outer };
  const call = new Call(
    imports.value('protocol', door, 'protocolOf'),
    facts,
    messages.map(({ name }) => new Code(rowName(name))),
  );
  const comment = `UFTP ${version}: its messages and how they belong together.`;
  const protocol = constant('protocol', imports.type('Protocol', door), call, comment);
  return { path, imports: imports.structures(), statements: [...rows, protocol] };
}

function row(message: Message, imports: Imports, context: Context): Constant {
  const { name, from, to, response, request, reference, result, copies, order, notAfter, implied } = message;
  const type = context.lookup.rootType(name);
  const key = pascal(name);
  // What `message` takes for granted is left out.
  const call = new Call(imports.value('message', door), {
    name,
    key: key === name ? undefined : key,
    table: new Code(imports.table(type.name, context)),
    from,
    to,
    response,
    request,
    reference: reference && propertyName(reference),
    result: result || undefined,
    copies: copies.length === 0 ? undefined : copies.map(propertyName),
    rejection: message.rejection && byKey(message.rejection, fillOf),
    constants: byKey(message.constants, (value) => value),
    references: byKey(message.references, (value) => value),
    index: record(
      Object.entries(message.index).map(([index, attributes]) => [index, attributes.map(propertyName)]),
    ),
    order: order?.map(propertyName),
    notAfter: notAfter && propertyName(notAfter),
    implied: byKey(implied, impliedOf),
  });
  const annotation = `${imports.type('MessageRow', door)}<${imports.complexType(type.name, context)}>`;
  return constant(rowName(name), annotation, call, `What no XSD says of the message ${name}.`);
}

/** The same object with property names in place of XML names; undefined for one without members. */
function byKey<T>(
  named: Readonly<Record<string, T>>,
  value: (item: T) => Expression,
): Record<string, Expression> | undefined {
  return record(Object.entries(named).map(([name, item]) => [propertyName(name), value(item)]));
}

function record(entries: readonly (readonly [string, Expression])[]): Record<string, Expression> | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function fillOf(fill: Fill): Expression {
  if ('copy' in fill) return { copy: propertyName(fill.copy) };
  if ('each' in fill) return { each: propertyName(fill.each), as: fillOf(fill.as) };
  if ('list' in fill) return { list: fill.list.map(fillOf) };
  if ('fields' in fill) return { fields: byKey(fill.fields, fillOf) ?? {} };
  return { ...fill };
}

function impliedOf(implied: Implied): Expression {
  return 'value' in implied ? { value: implied.value } : { whenAbsent: propertyName(implied.whenAbsent) };
}
