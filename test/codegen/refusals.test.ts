/** @module Each construct of XML Schema that the generator does not know is refused, with file, line and remedy. */

import { join } from 'node:path';
import { assert, suite } from '../support/suite.ts';
import { inWorkspace, ownDeclarations } from './workspace.ts';

const test = suite('codegen: refusals');

/** A declaration in own.xsd, `☞` on the line of the problem; the construct; parts of the problem and of the remedy. */
type Case = readonly [declarations: string, construct: string, problem: string, remedy: string];

const T = (content: string): string => `<xs:complexType name="T">\n${content}\n</xs:complexType>`;
const U = (content: string): string =>
  `<xs:complexType name="T"/><xs:complexType name="U">\n${content}\n</xs:complexType>`;
const S = (facets: string): string =>
  `<xs:simpleType name="S"><xs:restriction base="xs:string">\n${facets}\n</xs:restriction></xs:simpleType>`;
const attribute = (rest: string): string => T(`☞<xs:attribute ${rest}/>`);
const inSequence = (content: string): string => `<xs:sequence>\n${content}\n</xs:sequence>`;
const child = (rest: string): string => T(inSequence(`☞<xs:element ${rest}/>`));
const extension = (content: string): string =>
  `<xs:complexContent><xs:extension base="SignedMessageType">\n${content}\n</xs:extension></xs:complexContent>`;
const inChild = (content: string): string =>
  T(inSequence(`<xs:element name="C" type="SignedMessageType">\n${content}</xs:element>`));
const inline = '<xs:simpleType><xs:restriction base="xs:string"/></xs:simpleType>';

// biome-ignore format: one case to a line
const grammar: readonly Case[] = [
  [T('☞<xs:choice/>'), 'xs:choice', 'is not supported in xs:complexType', 'xs:sequence'],
  [T('☞<xs:all/>'), 'xs:all', 'is not supported', 'xs:sequence'],
  [T(inSequence('☞<xs:any/>')), 'xs:any', 'is not supported', 'declare the elements'],
  [T(inSequence('☞<xs:choice/>')), 'xs:choice', 'is not supported', 'optional elements'],
  [T('☞<xs:anyAttribute/>'), 'xs:anyAttribute', 'is not supported', 'declare the attributes'],
  [T(inSequence('☞<xs:group ref="g"/>')), 'xs:group', 'is not supported', 'where it is used'],
  ['☞<xs:group name="g"/>', 'xs:group', 'is not supported in xs:schema', 'where it is used'],
  [T('☞<xs:attributeGroup ref="g"/>'), 'xs:attributeGroup', 'is not supported', 'where it is used'],
  ['☞<xs:attribute name="a"/>', 'xs:attribute', 'is not supported in xs:schema', 'into a complex type'],
  ['☞<xs:notation name="n"/>', 'xs:notation', 'is not supported', 'remove it'],
  ['☞<xs:import namespace="urn:x"/>', 'xs:import', 'is not supported', 'use xs:include'],
  ['☞<xs:redefine schemaLocation="UFTP-common.xsd"/>', 'xs:redefine', 'is not supported', 'edit the type'],
  ['☞<xs:alternative/>', 'xs:alternative', 'is not supported', 'remove it'],
  [`${T('')}\n☞<xs:include schemaLocation="UFTP-common.xsd"/>`, 'xs:include', 'stands too late', 'move it up'],
  ['☞<xs:include/>', 'xs:include', 'has no attribute schemaLocation', 'add schemaLocation='],
  [T('☞<xs:simpleContent/>'), 'xs:simpleContent', 'is not supported', 'into an attribute'],
  [T('<xs:complexContent>\n☞<xs:restriction base="T"/></xs:complexContent>'), 'xs:restriction', 'is not supported in xs:complexContent', 'write the type out'],
  ['<xs:simpleType name="S">\n☞<xs:list itemType="xs:string"/></xs:simpleType>', 'xs:list', 'is not supported', 'maxOccurs'],
  ['<xs:simpleType name="S">\n☞<xs:union memberTypes="xs:string"/></xs:simpleType>', 'xs:union', 'is not supported', 'patterns'],
  [S('☞<xs:simpleType/>'), 'xs:simpleType', 'is not supported in xs:restriction', 'base='],
  ['<xs:simpleType name="S">\n☞<xs:restriction/></xs:simpleType>', 'xs:restriction', 'has no attribute base', 'base='],
  [S('☞<xs:assertion test="1"/>'), 'xs:assertion', 'is not supported', 'remove it'],
  [S('☞<xs:length/>'), 'xs:length', 'has no attribute value', 'value='],
  [S('☞<xs:length value="1" fixed="true"/>'), 'xs:length fixed=', 'is not supported', 'default='],
  ['☞<xs:complexType name="T" mixed="true"/>', 'xs:complexType mixed=', 'is not supported', 'into an attribute'],
  ['☞<xs:complexType name="T" final="#all"/>', 'xs:complexType final=', 'is not supported', 'remove the attribute'],
  ['☞<xs:complexType/>', 'xs:complexType', 'has no attribute name', 'name='],
  ['☞<xs:complexType name="a b"/>', 'xs:complexType name="a b"', 'is not an XML name', 'correct'],
  [attribute('ref="a"'), 'xs:attribute ref=', 'is not supported', 'a name and a type of its own'],
  [attribute('name="A" type="xs:string" fixed="x"'), 'xs:attribute fixed=', 'is not supported', 'default='],
  [attribute('name="A" type="xs:string" form="qualified"'), 'xs:attribute form=', 'is not supported', 'no namespaces'],
  [child('ref="TestMessage"'), 'xs:element ref=', 'is not supported', 'a name and a type of its own'],
  [child('name="C" type="SignedMessageType" nillable="true"'), 'xs:element nillable=', 'is not supported', 'minOccurs="0"'],
  [child('name="C" type="SignedMessageType" default="x"'), 'xs:element default=', 'is not supported', 'attribute'],
  [child('name="C"'), 'xs:element', 'has no attribute type', 'complex type with type='],
  [inChild('☞<xs:complexType/>'), 'xs:complexType', 'is not supported in xs:element', 'give the complex type a name'],
  [inChild('☞<xs:simpleType/>'), 'xs:simpleType', 'is not supported in xs:element', 'in'],
  [inChild('☞<xs:key name="k"/>'), 'xs:key', 'is not supported', 'in a rule'],
  [inChild('☞<xs:unique name="k"/>'), 'xs:unique', 'is not supported', 'in a rule'],
  ['☞<xs:element name="R" type="T" substitutionGroup="S"/>', 'xs:element substitutionGroup=', 'is not supported', 'each element'],
  ['☞<xs:element name="R" type="T" abstract="true"/>', 'xs:element abstract=', 'is not supported', 'leave the declaration out'],
  [T(inSequence('☞<xs:sequence/>')), 'xs:sequence', 'is not supported in xs:sequence', 'outer'],
  [T('<xs:attribute name="A" type="xs:string"/>\n☞<xs:sequence/>'), 'xs:sequence', 'stands too late', 'move it up'],
  [T('<xs:sequence/>\n☞<xs:sequence/>'), 'xs:sequence', 'is one too many', 'keep one'],
  ['☞<own:thing xmlns:own="urn:own"/>', '<own:thing>', 'is not an element of XML Schema', 'xs:appinfo'],
  [T('☞<toString/>'), '<toString>', 'is not an element of XML Schema', 'xs:appinfo'],
  [T('☞<xs:toString/>'), 'xs:toString', 'is not supported', 'remove it'],
  ['☞<xs:annotation>words</xs:annotation>', 'xs:annotation', 'has text in it', 'xs:documentation'],
  ['☞<xs:complexType name="&own;"/>', '&own;', 'is not an entity', 'write the character'],
  ['☞<xs:complexType name="a<b"/>', 'name="a<b"', 'bare "<"', '&lt;'],
];

// biome-ignore format: one case to a line
const meaning: readonly Case[] = [
  [attribute('name="A" type="xs:float"'), 'xs:attribute type="xs:float"', 'is not a built-in type', 'xs:decimal'],
  [attribute('name="A" type="xs:anyURI"'), 'xs:attribute type="xs:anyURI"', 'is not a built-in type', 'xs:string'],
  [attribute('name="A" type="Missing"'), 'xs:attribute type="Missing"', 'is not declared', 'declare the type'],
  [attribute('name="A" type="own:S" xmlns:own="urn:x"'), 'xs:attribute type="own:S"', 'another namespace', 'namespaces'],
  [attribute('name="A" type="SignedMessageType"'), 'xs:attribute A', 'is a complex type', 'simple type'],
  [attribute('name="A"'), 'xs:attribute A', 'has no type', 'type='],
  [T(`☞<xs:attribute name="A" type="xs:string">${inline}</xs:attribute>`), 'xs:attribute A', 'has type= and', 'type='],
  [attribute('name="A" type="xs:string" use="prohibited"'), 'xs:attribute A', 'use="prohibited"', 'leave the attribute out'],
  [attribute('name="A" type="xs:string" use="maybe"'), 'xs:attribute A', 'use="maybe"', 'required or optional'],
  [attribute('name="A" type="xs:integer" default="x"'), 'xs:attribute A default="x"', 'not a value of kind integer', 'correct'],
  [attribute('name="A" type="xs:positiveInteger" default="0"'), 'xs:attribute A default="0"', 'less than', 'correct'],
  [attribute('name="A" type="xs:byte" default="128"'), 'xs:attribute A default="128"', 'more than', 'correct'],
  [attribute('name="A" type="USEF-RoleType" default="BRP"'), 'xs:attribute A default="BRP"', 'not one of', 'correct'],
  [attribute('name="A" type="UUIDType" default="x"'), 'xs:attribute A default="x"', 'does not match', 'correct'],
  [attribute('name="A" type="PeriodType" default="2023-02-29"'), 'xs:attribute A default="2023-02-29"', 'kind date', 'correct'],
  [attribute('name="A" type="CurrencyAmountType" default="1.23456"'), 'xs:attribute A default="1.23456"', 'too many decimals', 'correct'],
  [attribute('name="A" type="ActivationFactorType" default="0"'), 'xs:attribute A default="0"', 'less than', 'correct'],
  [attribute('name="A" type="xs:integer" default="9007199254740993"'), 'xs:attribute A default="9007199254740993"', 'beyond what a number carries', 'correct'],
  [attribute('name="A" type="xs:base64Binary" default="AA=="'), 'xs:attribute A default="AA=="', 'binary', 'remove'],
  [attribute('name="A" type="xs:string" use="required" default="x"'), 'xs:attribute A default="x"', 'required attribute', 'remove'],
  [child('name="C" type="xs:string"'), 'xs:element C', 'is a simple type', 'in an attribute'],
  [child('name="C" type="UUIDType"'), 'xs:element C', 'is a simple type', 'in an attribute'],
  [child('name="C" type="PayloadMessageType"'), 'xs:element C', 'is abstract', 'extends it'],
  [child('name="C" type="TestMessageType"'), 'xs:element C', 'that of root element TestMessage', 'a type of its own'],
  [U(inSequence('☞<xs:element name="C" type="T" maxOccurs="0"/>')), 'xs:element C', 'never occurs', 'remove it'],
  [U(inSequence('☞<xs:element name="C" type="T" minOccurs="3" maxOccurs="2"/>')), 'xs:element C', 'exceeds', 'correct'],
  [U(inSequence('☞<xs:element name="C" type="T" maxOccurs="many"/>')), 'xs:element maxOccurs="many"', 'is not a count', 'whole number'],
  [U(inSequence('☞<xs:element name="C" type="T" minOccurs="unbounded"/>')), 'xs:element minOccurs="unbounded"', 'is not a count', 'whole number'],
  [T('☞<xs:sequence maxOccurs="2"/>'), 'xs:sequence maxOccurs=', 'is not supported', 'occur once'],
  [T('☞<xs:sequence minOccurs="0"/>'), 'xs:sequence minOccurs=', 'is not supported', 'occur once'],
  ['☞<xs:complexType name="T" abstract="yes"/>', 'xs:complexType abstract="yes"', 'is unknown', 'true or false'],
  [T('☞<xs:complexContent><xs:extension base="UUIDType"/></xs:complexContent>'), 'xs:extension', 'is a simple type', 'complex type'],
  [T(`☞${extension('')}<xs:attribute name="A" type="xs:string"/>`), 'xs:complexContent', 'stands beside attributes', 'move them'],
  [`${T('')}\n☞${T('')}`, 'xs:complexType T', 'is declared in', 'rename'],
  [`☞<xs:simpleType name="SignedMessageType"><xs:restriction base="xs:string"/></xs:simpleType>`, 'xs:simpleType SignedMessageType', 'is declared in', 'rename'],
  ['☞<xs:element name="TestMessage" type="TestMessageType"/>', 'xs:element TestMessage', 'is declared in', 'rename'],
  ['☞<xs:element name="Test" type="TestMessageType"/>', 'xs:element Test', 'is that of root element TestMessage as well', 'a type of its own'],
  ['☞<xs:element name="Test" type="PayloadMessageType"/>', 'xs:element Test', 'is abstract', 'extends'],
  [child('name="C" type="T"'), 'xs:complexType T', 'contains itself: T → T', 'limit the depth'],
  ['☞<xs:complexType name="T"><xs:complexContent><xs:extension base="T"/></xs:complexContent></xs:complexType>', 'xs:complexType T', 'contains itself: T → T', 'limit'],
  ['☞<xs:simpleType name="S"><xs:restriction base="S"/></xs:simpleType>', 'xs:simpleType S', 'restricts itself', 'correct its base'],
  ['<xs:simpleType name="S">\n☞<xs:restriction base="SignedMessageType"/></xs:simpleType>', 'xs:restriction base="SignedMessageType"', 'is a complex type', 'simple type'],
];

// biome-ignore format: one case to a line
const names: readonly Case[] = [
  ['<xs:complexType name="AB-Type"/>\n☞<xs:complexType name="ABType"/>', 'xs:complexType ABType', 'its TypeScript name Ab is that of xs:complexType AB-Type', 'rename'],
  ['☞<xs:complexType name="SignedMessageInitType"/>', 'xs:complexType SignedMessageInitType', 'SignedMessageInit is that of xs:complexType SignedMessageType', 'rename'],
  ['☞<xs:complexType name="AgrHandlersType"/>', 'xs:complexType AgrHandlersType', 'that of the generated code', 'rename'],
  ['<xs:complexType name="Decimal"/>\n☞<xs:complexType name="DecimalType"/>', 'xs:complexType DecimalType', 'DecimalType', 'rename'],
  [T(`☞<xs:attribute name="A">${inline}</xs:attribute>`).concat('<xs:complexType name="T-A"/>'), 'xs:simpleType of T/@A', 'its TypeScript name TA is that of', 'rename'],
  [`${T('')}\n☞<xs:element name="UUIDType" type="T"/>`, 'xs:element UUIDType', 'a type of this name that is not its own', 'rename the type'],
  ['☞<xs:complexType name="_1"/>', 'xs:complexType _1', 'is no TypeScript name', 'letter'],
  [attribute('name="_1" type="xs:string"'), '_1 of T', 'is no TypeScript name', 'letter'],
  [T('<xs:attribute name="A-B" type="xs:string"/>\n☞<xs:attribute name="aB" type="xs:string"/>'), 'aB of T', 'its property aB is that of A-B', 'rename'],
  [T('<xs:attribute name="A" type="xs:string"/>\n☞<xs:attribute name="A" type="xs:string"/>'), 'A of T', 'is that of A as well', 'rename'],
  [T(extension('☞<xs:attribute name="body" type="xs:string"/>')), 'body of T', 'is that of Body as well', 'rename'],
  [U('<xs:sequence>\n☞<xs:element name="A" type="T"/></xs:sequence>\n<xs:attribute name="A" type="xs:string"/>'), 'A of U', 'is that of A as well', 'rename'],
];

for (const [declarations, construct, problem, remedy] of [...grammar, ...meaning, ...names]) {
  const shown = declarations.replace(/\s+/g, ' ').replace('☞', '');
  test(
    `${construct} ${problem}, in ${shown}.`,
    inWorkspace(
      async (workspace) => {
        const line = ownDeclarations(workspace, declarations);
        const problems = await workspace.refused();
        const found = problems.find((one) => one.construct === construct && one.problem.includes(problem));
        assert.ok(found, `not found among ${JSON.stringify(problems, null, 2)}`);
        assert.ok(found?.remedy.includes(remedy), found?.remedy);
        assert.is(found?.file, join(workspace.xsd, 'own.xsd'));
        assert.is(found?.line, line);
      },
      ['UFTP-common.xsd'],
    ),
  );
}
