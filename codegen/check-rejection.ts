/** @module What a rejection is to be filled with goes in; whatever does not fit the response's type is reported. */

import type { Attribute, Child, ComplexType, Fill, Lookup, Message } from './model.ts';
import { literalProblem } from './values.ts';

/** Reports a problem at a path of XML names inside `rejection`. */
export type Report = (path: readonly string[], problem: string, remedy: string) => void;

/** The type of the response, and that of the request or, inside `each`, of the request's element at hand. */
interface Types {
  readonly type: ComplexType;
  readonly request: ComplexType;
}

/** What the library fills into every response by itself, `reference` and `copies` apart. */
const filled = [
  'Version',
  'SenderDomain',
  'RecipientDomain',
  'TimeStamp',
  'MessageID',
  'ConversationID',
  'Result',
  'RejectionReason',
];

/** Checks the rejection of a response: it must fit the type, and leave out nothing that the schema demands. */
export function checkRejection(message: Message, types: Types, lookup: Lookup, report: Report): void {
  const { rejection = {}, reference, copies, constants, result } = message;
  if (!result) {
    if (message.rejection) report([], `${message.name} cannot say Rejected`, 'remove it');
    return;
  }
  const done = [
    ...filled,
    ...copies,
    ...Object.keys(constants),
    ...(reference === undefined ? [] : [reference]),
  ];
  checkFields(rejection, types, done, { lookup, report, path: [] });
}

interface Context {
  readonly lookup: Lookup;
  readonly report: Report;
  readonly path: readonly string[];
}

function checkFields(
  fields: Readonly<Record<string, Fill>>,
  { type, request }: Types,
  done: readonly string[],
  { lookup, report, path }: Context,
): void {
  const children = lookup.children(type);
  for (const [name, fill] of Object.entries(fields)) {
    const inner = { lookup, report, path: [...path, name] };
    const attribute = lookup.attribute(type, name);
    const child = children.find((candidate) => candidate.name === name);
    if (attribute) checkAttribute(fill, attribute, request, inner);
    else if (child) checkChild(fill, child, request, inner);
    else report(inner.path, `${type.name} has neither attribute nor child ${name}`, 'correct the name');
  }
  const demanded = [
    ...lookup.attributes(type).filter((attribute) => attribute.required),
    ...children.filter((child) => child.min > 0),
  ].filter(({ name }) => !done.includes(name) && !Object.hasOwn(fields, name));
  for (const { name } of demanded) {
    report(path, `does not say what ${name} is, which ${type.name} demands`, `add "${name}"`);
  }
}

function checkAttribute(fill: Fill, attribute: Attribute, request: ComplexType, context: Context): void {
  const { lookup, report, path } = context;
  if ('value' in fill) {
    const problem = literalProblem(fill.value, lookup.valueType(attribute.type));
    if (problem) report(path, problem, `write a value of ${attribute.type}`);
  } else if ('copy' in fill) {
    const source = lookup.attribute(request, fill.copy);
    if (source === undefined)
      report(path, `${request.name} has no attribute ${fill.copy}`, 'correct the name');
    else if (source.type !== attribute.type) report(path, `${fill.copy} is of another type`, 'copy another');
    else if (attribute.required && !source.required && source.default === undefined) {
      report(path, `${fill.copy} may be absent, but ${attribute.name} must not`, 'copy another');
    }
  } else if (!('use' in fill)) {
    report(path, 'is an attribute', 'write { "value": … }, { "use": … } or { "copy": … }');
  }
}

function checkChild(fill: Fill, child: Child, request: ComplexType, context: Context): void {
  const { lookup, report, path } = context;
  const type = lookup.complex(child.type);
  const max = child.max === 'unbounded' ? Number.POSITIVE_INFINITY : child.max;
  const checkOne = (item: Fill, source: ComplexType): void => {
    if ('fields' in item) checkFields(item.fields, { type, request: source }, [], context);
    else report(path, 'is an element', 'write { "fields": … }');
  };
  if ('list' in fill && max > 1) {
    const count = fill.list.length;
    if (count < child.min || count > max)
      report(path, `${count} elements are too few or too many`, 'correct it');
    for (const item of fill.list) checkOne(item, request);
  } else if ('each' in fill && max > 1) {
    const source = lookup.children(request).find((candidate) => candidate.name === fill.each);
    if (source === undefined) report(path, `${request.name} has no child ${fill.each}`, 'correct the name');
    else checkOne(fill.as, lookup.complex(source.type));
    if (source && (source.min < child.min || (source.max === 'unbounded' && Number.isFinite(max)))) {
      report(path, `there may be too few or too many elements ${fill.each}`, 'use { "list": … }');
    }
  } else if (max === 1) {
    checkOne(fill, request);
  } else {
    report(path, 'is a list of elements', 'write { "list": … } or { "each": …, "as": … }');
  }
}
