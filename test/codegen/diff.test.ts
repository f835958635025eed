/** @module Changes between versions are told in words, and whether they break what is valid or handled today. */

import { join } from 'node:path';
import { type Change, diff, readModel } from '../../codegen/diff.ts';
import { CodegenError } from '../../codegen/generate.ts';
import { assert, suite } from '../support/suite.ts';
import { inWorkspace, root, schemas, type Workspace } from './workspace.ts';

const test = suite('codegen: diff');

const words = (changes: readonly Change[]): string[] =>
  changes.map(({ breaking, text }) => `${breaking ? 'breaking' : 'compatible'}: ${text}`);

async function between(a: string, b: string): Promise<string[]> {
  return words(diff(await readModel(a), await readModel(b)));
}

test('From 3.0.0 to 3.1.0 nothing breaks.', async () => {
  assert.equal(await between(join(schemas, '3.0.0'), join(schemas, '3.1.0')), [
    'compatible: FlexOfferType: attribute Unsolicited added, optional',
    'compatible: FlexOrderType: attribute FlexOfferMessageID optional, was required',
    'compatible: FlexOrderType: attribute ServiceType added, optional',
    'compatible: FlexOrderType: attribute Unsolicited added, optional',
  ]);
});

test('From 3.1.0 to 3.0.0 the same things break.', async () => {
  assert.equal(await between(join(schemas, '3.1.0'), join(schemas, '3.0.0')), [
    'breaking: FlexOfferType: attribute Unsolicited removed',
    'breaking: FlexOrderType: attribute FlexOfferMessageID required, was optional',
    'breaking: FlexOrderType: attribute ServiceType removed',
    'breaking: FlexOrderType: attribute Unsolicited removed',
  ]);
});

test('From 3.1.0 to next the references, the offset and defaults break, each told once at the type that declares it.', async () => {
  const changes = await between(join(schemas, '3.1.0'), join(schemas, 'next'));
  for (const change of [
    'breaking: PayloadMessageResponseType: attribute ReferenceMessageID added, required',
    'breaking: TestMessageResponseType: attribute Result added, required',
    'breaking: FlexSettlementType: attribute Result removed',
    'breaking: FlexOfferType: attribute Unsolicited: default "false", was none',
    'breaking: message FlexOfferResponse: reference ReferenceMessageID, was FlexOfferMessageID',
    'compatible: TestMessageResponseType: attribute RejectionReason added, optional',
    'compatible: type DateTimeType added',
  ]) {
    assert.ok(changes.includes(change), `${change} is not among\n${changes.join('\n')}`);
  }
  const stamps = changes.filter((change) => change.includes('TimeStamp'));
  assert.is(stamps.length, 1);
  assert.match(
    stamps[0] ?? '',
    'breaking: PayloadMessageType: attribute TimeStamp: type DateTimeType, was xs:dateTime: pattern ',
  );
});

test('XSDs, a generated folder and its ir.json are one model.', async () => {
  const generated = join(root, 'generated/3.1.0');
  assert.equal(await between(join(schemas, '3.1.0'), generated), []);
  assert.equal(await between(generated, join(generated, 'ir.json')), []);
});

test(
  'A folder without protocol file is compared by its documents alone.',
  inWorkspace(async (workspace) => {
    assert.equal(await between(workspace.xsd, join(schemas, '3.1.0')), []);
  }),
);

test('What is no model is refused.', async () => {
  for (const path of ['missing', join(root, 'package.json'), join(root, 'codegen')]) {
    try {
      await readModel(path);
      assert.unreachable(path);
    } catch (error) {
      assert.ok(error instanceof CodegenError, String(error));
    }
  }
});

const simple = (name: string, facets: string, base = 'xs:string'): string =>
  `<xs:simpleType name="${name}"><xs:restriction base="${base}">${facets}</xs:restriction></xs:simpleType>`;
const facet = (name: string, value: string): string => `<xs:${name} value="${value}"/>`;

/** The attribute `Own` of SignedMessageType, and the declarations it needs, before and after. */
// biome-ignore format: one case to a line
const values: readonly (readonly [before: string, after: string, changes: readonly string[], base?: string])[] = [
  ['', '', []],
  [facet('enumeration', 'a'), facet('enumeration', 'a') + facet('enumeration', 'b'), ['compatible: OwnType: value b added']],
  [facet('enumeration', 'a') + facet('enumeration', 'b'), facet('enumeration', 'a'), ['breaking: OwnType: value b removed']],
  ['', facet('enumeration', 'a'), ['breaking: OwnType: only the values a']],
  [facet('enumeration', 'a'), '', ['compatible: OwnType: not only the values a']],
  ['', facet('pattern', 'a'), ['breaking: OwnType: pattern a, was none']],
  [facet('pattern', 'a'), '', ['compatible: OwnType: pattern none, was a']],
  [facet('pattern', 'a'), facet('pattern', 'a') + facet('pattern', 'b'), ['compatible: OwnType: pattern a or b, was a']],
  [facet('pattern', 'a'), facet('pattern', 'b'), ['breaking: OwnType: pattern b, was a']],
  [facet('minLength', '1'), facet('minLength', '2'), ['breaking: OwnType: minLength 2, was 1']],
  [facet('maxLength', '1'), facet('maxLength', '2'), ['compatible: OwnType: maxLength 2, was 1']],
  [facet('maxLength', '1'), '', ['compatible: OwnType: maxLength none, was 1']],
  ['', facet('whiteSpace', 'collapse'), ['breaking: OwnType: white space collapse, was preserve']],
  [facet('minInclusive', '1'), facet('minInclusive', '1.0'), [], 'xs:decimal'],
  [facet('minInclusive', '1'), facet('minExclusive', '1'), ['breaking: OwnType: minimum 1 exclusive, was 1'], 'xs:decimal'],
  [facet('maxExclusive', '1'), facet('maxInclusive', '1'), ['compatible: OwnType: maximum 1, was 1 exclusive'], 'xs:decimal'],
  [facet('maxInclusive', '1'), '', ['compatible: OwnType: maximum none, was 1'], 'xs:decimal'],
  ['', facet('minInclusive', '2'), ['breaking: OwnType: minimum 2, was 1'], 'xs:positiveInteger'],
  [facet('totalDigits', '3'), facet('totalDigits', '4'), ['compatible: OwnType: totalDigits 4, was 3'], 'xs:decimal'],
  ['', facet('fractionDigits', '2'), ['breaking: OwnType: fractionDigits 2, was none'], 'xs:decimal'],
];
for (const [before, after, changes, base] of values) {
  test(
    `The facets ${after || 'none'} instead of ${before || 'none'} are told as ${changes.join(', ') || 'nothing'}.`,
    inWorkspace(async (workspace) => {
      const own = (facets: string): string => simple('OwnType', facets, base);
      assert.equal(
        await changed(workspace, ['type="OwnType"', own(before)], ['type="OwnType"', own(after)]),
        changes,
      );
    }),
  );
}

// biome-ignore format: one case to a line
const attributes: readonly (readonly [before: string, after: string, changes: readonly string[]])[] = [
  ['type="xs:string"', 'type="xs:string" use="required"', ['breaking: SignedMessageType: attribute Own required, was optional']],
  ['type="xs:integer"', 'type="xs:integer" default="1"', ['breaking: SignedMessageType: attribute Own: default "1", was none']],
  ['type="xs:integer" default="1"', 'type="xs:integer" default="2"', ['breaking: SignedMessageType: attribute Own: default "2", was "1"']],
  ['type="xs:integer"', 'type="xs:long"', ['breaking: SignedMessageType: attribute Own: type xs:long, was xs:integer: values of kind long, were integer; minimum -9223372036854775808, was none; maximum 9223372036854775807, was none']],
  ['type="xs:int"', 'type="xs:integer"', ['compatible: SignedMessageType: attribute Own: type xs:integer, was xs:int: minimum none, was -2147483648; maximum none, was 2147483647']],
  ['type="xs:integer"', 'type="xs:decimal"', ['compatible: SignedMessageType: attribute Own: type xs:decimal, was xs:integer: values of kind decimal, were integer']],
  ['type="xs:date"', 'type="xs:dateTime"', ['breaking: SignedMessageType: attribute Own: type xs:dateTime, was xs:date: values of kind dateTime, were date']],
  ['type="xs:date"', 'type="PeriodType"', ['compatible: SignedMessageType: attribute Own: type PeriodType, was xs:date']],
];
for (const [before, after, changes] of attributes) {
  test(
    `An attribute ${after} instead of ${before} is told as ${changes.join(', ')}.`,
    inWorkspace(async (workspace) => {
      assert.equal(await changed(workspace, [before, ''], [after, '']), changes);
    }),
  );
}

test(
  'A type inside an attribute is told at the attribute.',
  inWorkspace(async (workspace) => {
    const inline = (value: string): string =>
      `<xs:attribute name="Own"><xs:simpleType><xs:restriction base="xs:string">${facet('enumeration', value)}</xs:restriction></xs:simpleType></xs:attribute>`;
    const anchor = '<xs:complexType name="SignedMessageType">';
    workspace.edit('UFTP-common.xsd', anchor, `${anchor}${inline('a')}`);
    const before = await readModel(workspace.xsd);
    workspace.edit('UFTP-common.xsd', inline('a'), inline('b'));
    assert.equal(words(diff(before, await readModel(workspace.xsd))), [
      'breaking: SignedMessageType: attribute Own: its own type: value a removed; value b added',
    ]);
  }),
);

/** Edits of UFTP-agr-dso.xsd, and what is told of them. */
// biome-ignore format: one case to a line
const children: readonly (readonly [from: string, to: string, changes: readonly string[]])[] = [
  ['name="OfferOption" type="FlexOfferOptionType" minOccurs="1" maxOccurs="unbounded"', 'name="OfferOption" type="FlexOfferOptionType" maxOccurs="5"', ['breaking: FlexOfferType: element OfferOption: at most 5, was unbounded']],
  ['name="OfferOption" type="FlexOfferOptionType" minOccurs="1" maxOccurs="unbounded"', 'name="OfferOption" type="FlexOfferOptionType" minOccurs="0" maxOccurs="unbounded"', ['compatible: FlexOfferType: element OfferOption: at least 0, was 1']],
  ['<xs:element name="FlexOrderStatus" type="FlexOrderStatusType" minOccurs="0" maxOccurs="unbounded"/>', '', ['breaking: D-PrognosisResponseType: element FlexOrderStatus removed']],
  ['<xs:element name="OfferOption"', '<xs:element name="Extra" type="FlexOrderStatusType" minOccurs="0"/><xs:element name="OfferOption"', ['compatible: FlexOfferType: element Extra added, optional']],
  ['<xs:element name="OfferOption"', '<xs:element name="Extra" type="FlexOrderStatusType"/><xs:element name="OfferOption"', ['breaking: FlexOfferType: element Extra added, required']],
  ['<xs:element name="ContractSettlement" type="ContractSettlementType" maxOccurs="unbounded"/>', '', ['breaking: FlexSettlementType: element ContractSettlement removed']],
];
for (const [from, to, changes] of children) {
  test(
    `${to || 'Nothing'} instead of ${from} is told as ${changes.join(', ')}.`,
    inWorkspace(async (workspace) => {
      workspace.edit('UFTP-agr-dso.xsd', from, to);
      assert.equal(await between(join(schemas, '3.1.0'), workspace.xsd), changes);
    }),
  );
}

test(
  'Another order of elements breaks.',
  inWorkspace(async (workspace) => {
    workspace.edit(
      'UFTP-agr-dso.xsd',
      '<xs:element name="FlexOrderSettlement" type="FlexOrderSettlementType" maxOccurs="unbounded"/>',
      '',
    );
    const last =
      '<xs:element name="ContractSettlement" type="ContractSettlementType" maxOccurs="unbounded"/>';
    workspace.edit(
      'UFTP-agr-dso.xsd',
      last,
      `${last}<xs:element name="FlexOrderSettlement" type="FlexOrderSettlementType" maxOccurs="unbounded"/>`,
    );
    assert.equal(await between(join(schemas, '3.1.0'), workspace.xsd), [
      'breaking: FlexSettlementType: order ContractSettlement, FlexOrderSettlement, was FlexOrderSettlement, ContractSettlement',
    ]);
  }),
);

test(
  'Messages that come and go, and roles that do, are told.',
  inWorkspace(async (workspace) => {
    workspace.edit(
      'UFTP-metering.xsd',
      '<xs:element name="Metering" type="MeteringMessageType"/>',
      '<xs:element name="Meter" type="MeteringMessageType"/>',
    );
    workspace.state({
      version: '3.1.0',
      extends: 'shapeshifter-uftp/schemas/3.1.0/protocol.json',
      messages: {
        Metering: null,
        Meter: { from: ['DSO'], to: ['CRO', 'AGR'], response: 'MeteringResponse' },
        MeteringResponse: { from: ['CRO', 'AGR'], to: ['DSO'] },
      },
    });
    await workspace.generate();
    assert.equal(await between(join(root, 'generated/3.1.0'), workspace.out), [
      'breaking: message Metering removed',
      'breaking: message MeteringResponse: no longer from DSO',
      'breaking: message MeteringResponse: no longer to AGR',
      'compatible: message Meter added',
      'compatible: message MeteringResponse: now also from AGR',
      'compatible: message MeteringResponse: now also from CRO',
      'compatible: message MeteringResponse: now also to DSO',
    ]);
  }),
);

/** What is told of an attribute `Own` of the envelope that changes. */
async function changed(
  workspace: Workspace,
  ...states: readonly (readonly [attribute: string, types: string])[]
): Promise<string[]> {
  const anchor = '<xs:complexType name="SignedMessageType">';
  workspace.edit('UFTP-common.xsd', anchor, `<!-- types -->${anchor}<!-- own -->`);
  let shown: readonly [types: string, own: string] = ['<!-- types -->', '<!-- own -->'];
  const models = [];
  for (const [attribute, types] of states) {
    const next: typeof shown = [
      `<!-- types -->${types}`,
      `<!-- own --><xs:attribute name="Own" ${attribute}/>`,
    ];
    workspace.edit('UFTP-common.xsd', shown[0] + anchor + shown[1], next[0] + anchor + next[1]);
    shown = next;
    models.push(await readModel(workspace.xsd));
  }
  const [before, after] = models;
  return before && after ? words(diff(before, after)) : [];
}
