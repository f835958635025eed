/** @module A syntax tree goes in; whatever of XML Schema this generator does not support is reported, with a remedy. */

import type { XsdNode } from './nodes.ts';
import type { Problems } from './problems.ts';

/** Elements whose content is not read as XML Schema. */
export const opaque: ReadonlySet<string> = new Set(['documentation', 'appinfo']);

/** Reports each element and attribute under `root` that is unknown, misplaced, repeated or missing. */
export function checkGrammar(root: XsdNode, problems: Problems): void {
  if (root.name === 'schema') check(root, schema, problems);
  else problems.report(root.place, `xs:${root.name}`, 'is not the root of an XSD', 'begin with xs:schema');
}

/** Elements that may stand at one point of the content, and how many of them. */
interface Step {
  readonly elements: Readonly<Record<string, Rule>>;
  readonly max: number;
}

interface Rule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** In the order in which they must come. */
  readonly content: readonly Step[];
}

const one = (elements: Step['elements']): Step => ({ elements, max: 1 });
const many = (elements: Step['elements']): Step => ({ elements, max: Number.POSITIVE_INFINITY });
const rule = (required: readonly string[], optional: readonly string[], content: readonly Step[]): Rule => ({
  required,
  optional,
  content,
});

const note = rule([], ['source', 'xml:lang'], []);
const annotation = rule([], [], [many({ documentation: note, appinfo: note })]);
const annotated = one({ annotation });
const include = rule(['schemaLocation'], [], [annotated]);
const facet = rule(['value'], [], [annotated]);
const restriction = rule(
  ['base'],
  [],
  [
    annotated,
    many({
      enumeration: facet,
      pattern: facet,
      minInclusive: facet,
      maxInclusive: facet,
      minExclusive: facet,
      maxExclusive: facet,
      totalDigits: facet,
      fractionDigits: facet,
      length: facet,
      minLength: facet,
      maxLength: facet,
      whiteSpace: facet,
    }),
  ],
);
const simpleType = rule(['name'], [], [annotated, one({ restriction })]);
const inlineType = rule([], [], [annotated, one({ restriction })]);
const attribute = rule(['name'], ['type', 'use', 'default'], [annotated, one({ simpleType: inlineType })]);
const localElement = rule(['name', 'type'], ['minOccurs', 'maxOccurs'], [annotated]);
const sequence = rule([], ['minOccurs', 'maxOccurs'], [annotated, many({ element: localElement })]);
const extension = rule(['base'], [], [annotated, one({ sequence }), many({ attribute })]);
const complexContent = rule([], [], [annotated, one({ extension })]);
const complexType = rule(
  ['name'],
  ['abstract'],
  [annotated, one({ complexContent, sequence }), many({ attribute })],
);
const globalElement = rule(['name', 'type'], [], [annotated]);
const schema = rule(
  [],
  ['elementFormDefault', 'attributeFormDefault', 'version', 'id', 'xml:lang'],
  [many({ include, annotation }), many({ annotation, element: globalElement, complexType, simpleType })],
);

function check(node: XsdNode, allowed: Rule, problems: Problems): void {
  const construct = `xs:${node.name}`;
  for (const name of node.attributes.keys()) {
    if (allowed.required.includes(name) || allowed.optional.includes(name)) continue;
    const remedy = attributeRemedies.get(name) ?? 'remove the attribute';
    problems.report(node.place, `${construct} ${name}=`, 'is not supported', remedy);
  }
  for (const name of allowed.required) {
    if (node.attributes.has(name)) continue;
    const remedy = missingRemedies.get(`${node.name} ${name}`) ?? `add ${name}="…"`;
    problems.report(node.place, construct, `has no attribute ${name}`, remedy);
  }
  const name = node.attributes.get('name');
  if (name !== undefined && !ncName.test(name)) {
    problems.report(node.place, `${construct} name="${name}"`, 'is not an XML name', 'correct the name');
  }
  checkContent(node, allowed.content, problems);
}

/** A name of XML without colons. */
const ncName = /^[\p{L}_][\p{L}\p{M}\p{N}._\u00b7-]*$/u;

function checkContent(node: XsdNode, content: readonly Step[], problems: Problems): void {
  if (opaque.has(node.name)) return;
  let at = 0;
  let count = 0;
  for (const child of node.children) {
    const construct = `xs:${child.name}`;
    const next = content.findIndex((step, index) => index >= at && Object.hasOwn(step.elements, child.name));
    const step = content[next];
    const inner = step?.elements[child.name];
    if (step === undefined || inner === undefined) {
      refuse(child, node, content, problems);
      continue;
    }
    count = next === at ? count + 1 : 1;
    at = next;
    if (count > step.max)
      problems.report(child.place, construct, `is one too many in xs:${node.name}`, 'keep one of them');
    check(child, inner, problems);
  }
}

function refuse(child: XsdNode, parent: XsdNode, content: readonly Step[], problems: Problems): void {
  const construct = `xs:${child.name}`;
  if (content.some((step) => Object.hasOwn(step.elements, child.name))) {
    problems.report(child.place, construct, `stands too late in xs:${parent.name}`, 'move it up');
    return;
  }
  const remedy =
    elementRemedies.get(`${child.name} in ${parent.name}`) ?? elementRemedies.get(child.name) ?? 'remove it';
  problems.report(child.place, construct, `is not supported in xs:${parent.name}`, remedy);
}

const elementRemedies: ReadonlyMap<string, string> = entries({
  choice: 'write an xs:sequence of optional elements',
  all: 'write an xs:sequence',
  any: 'declare the elements that may stand there',
  anyAttribute: 'declare the attributes that may stand there',
  group: 'write its elements where it is used',
  attributeGroup: 'write its attributes where it is used, or put them into an abstract complex type',
  import: 'put the types into the same folder and use xs:include; UFTP has no namespaces',
  redefine: 'edit the type itself',
  list: 'use a child element with maxOccurs',
  union: 'use one xs:restriction with several patterns',
  simpleContent: 'put the value into an attribute',
  'restriction in complexContent': 'write the type out, or extend what both have in common',
  key: 'remove it, and check uniqueness in a rule',
  keyref: 'remove it, and check the reference in a rule',
  unique: 'remove it, and check uniqueness in a rule',
  'complexType in element': 'give the complex type a name and refer to it with type=',
  'simpleType in element': 'put the value into an attribute',
  'simpleType in restriction': 'give the base type a name and refer to it with base=',
  'sequence in sequence': 'write its elements into the outer xs:sequence',
  attribute: 'put attributes into a complex type',
  notation: 'remove it',
});

const attributeRemedies: ReadonlyMap<string, string> = entries({
  targetNamespace: 'remove it: UFTP has no namespaces',
  substitutionGroup: 'declare each element where it may stand',
  ref: 'give the declaration a name and a type of its own',
  fixed: 'use default=, or a type with one enumeration value',
  nillable: 'use minOccurs="0"',
  mixed: 'put the text into an attribute',
  default: 'put the value into an attribute, which may have a default',
  abstract: 'leave the declaration out',
  form: 'remove it: UFTP has no namespaces',
});

const missingRemedies: ReadonlyMap<string, string> = entries({
  'element type': 'name a complex type with type=',
  'element name': 'give the element a name and a type of its own',
  'attribute name': 'give the attribute a name and a type of its own',
  'restriction base': 'name the base type with base=',
});

function entries(record: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(record));
}
