/** @module A version of the user's own is generated, compiles under our strict rules, and judges documents as libxml2 does. */

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { builtins } from '../../codegen/builtins.ts';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import type { Protocol } from '../../runtime/roles.ts';
import { type Oracle, schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';
import { root, Workspace } from './workspace.ts';

const test = suite('codegen: own version');

const simpleTypes = `
<xs:simpleType name="CodeType"><xs:restriction base="xs:token">
  <xs:pattern value="[A-Z]{2}\\d{3}"/><xs:pattern value="X-\\d+"/><xs:maxLength value="8"/>
</xs:restriction></xs:simpleType>
<xs:simpleType name="NarrowCodeType"><xs:restriction base="CodeType"><xs:pattern value=".*[1-5]"/></xs:restriction></xs:simpleType>
<xs:simpleType name="ShareType"><xs:restriction base="xs:decimal">
  <xs:minExclusive value="0"/><xs:maxExclusive value="1"/><xs:totalDigits value="4"/><xs:fractionDigits value="3"/>
</xs:restriction></xs:simpleType>
<xs:simpleType name="LevelType"><xs:restriction base="xs:integer"><xs:minExclusive value="-10"/><xs:maxInclusive value="10"/></xs:restriction></xs:simpleType>
<xs:simpleType name="StampType"><xs:restriction base="xs:long"><xs:minInclusive value="9007199254740993"/></xs:restriction></xs:simpleType>
<xs:simpleType name="NameType"><xs:restriction base="xs:string"><xs:minLength value="2"/><xs:maxLength value="3"/></xs:restriction></xs:simpleType>`;

/** One attribute of each built-in type. */
const allKinds = `<xs:complexType name="AllKindsType">${[...builtins.keys()]
  .map((type) => `<xs:attribute name="A-${type.slice(3)}" type="${type}"/>`)
  .join('')}</xs:complexType>`;

const forecast = `
<xs:complexType name="FlexForecastType">
  <xs:annotation><xs:documentation>A forecast, in words of the XSD.</xs:documentation></xs:annotation>
  <xs:complexContent><xs:extension base="FlexMessageType">
    <xs:sequence>
      <xs:element name="ISP" type="FlexForecastISPType" maxOccurs="3"/>
      <xs:element name="Note" type="FlexForecastNoteType" minOccurs="0"/>
      <xs:element name="Remark" type="FlexForecastNoteType" minOccurs="0" maxOccurs="2"/>
    </xs:sequence>
    <xs:attribute name="Code" type="NarrowCodeType" use="required"/>
    <xs:attribute name="Share" type="ShareType"/>
    <xs:attribute name="Level" type="LevelType" default="5"/>
    <xs:attribute name="Stamp" type="StampType" default="9007199254740993"/>
    <xs:attribute name="FlexRequestMessageID" type="UUIDType"/>
  </xs:extension></xs:complexContent>
</xs:complexType>
<xs:complexType name="FlexForecastISPType">
  <xs:attribute name="Power" type="xs:integer" use="required"/>
  <xs:attribute name="Unit" default="kW"><xs:simpleType><xs:restriction base="xs:string">
    <xs:enumeration value="kW"/><xs:enumeration value="MW"/>
  </xs:restriction></xs:simpleType></xs:attribute>
</xs:complexType>
<xs:complexType name="FlexForecastNoteType"><xs:attribute name="Name" type="NameType"/></xs:complexType>
<xs:complexType name="FlexForecastResponseType">
  <xs:complexContent><xs:extension base="PayloadMessageResponseType">
    <xs:attribute name="FlexForecastMessageID" type="UUIDType" use="required"/>
  </xs:extension></xs:complexContent>
</xs:complexType>
<xs:complexType name="FlexUrgentForecastType">
  <xs:complexContent><xs:extension base="FlexForecastType"><xs:attribute name="Urgency" type="xs:byte"/></xs:extension></xs:complexContent>
</xs:complexType>
<xs:complexType name="FlexUrgentForecastResponseType">
  <xs:complexContent><xs:extension base="PayloadMessageResponseType"/></xs:complexContent>
</xs:complexType>
<xs:element name="FlexUrgentForecast" type="FlexUrgentForecastType"/>
<xs:element name="FlexUrgentForecastResponse" type="FlexUrgentForecastResponseType"/>
<xs:element name="FlexForecast" type="FlexForecastType"/>
<xs:element name="FlexForecastResponse" type="FlexForecastResponseType"/>`;

const protocolFile = {
  version: '3.2.0',
  extends: 'shapeshifter-uftp/schemas/3.1.0/protocol.json',
  messages: {
    FlexForecast: {
      from: ['AGR'],
      to: ['DSO'],
      response: 'FlexForecastResponse',
      references: { FlexRequestMessageID: 'FlexRequest' },
      order: ['CongestionPoint', 'Period'],
      constants: { Code: 'X-12345' },
    },
    FlexForecastResponse: { from: ['DSO'], to: ['AGR'], reference: 'FlexForecastMessageID' },
    FlexUrgentForecast: { from: ['AGR'], to: ['DSO'], response: 'FlexUrgentForecastResponse' },
    FlexUrgentForecastResponse: { from: ['DSO'], to: ['AGR'] },
  },
};

/** What a user may write, and what the compiler must refuse. */
const consumer = `
import type { AgrDsoClient, AllKinds, DsoHandlers, FlexUrgentForecast, FlexForecast, FlexForecastIsp, FlexForecastIspInit, FlexOrderIsp, FlexSettlement } from './out/index.ts';
import { agr, dso, protocol } from './out/index.ts';

export const roles: readonly unknown[] = [agr.kind, dso.protocol, protocol.version];

export const given: FlexForecastIspInit = { power: 1 };
export const read: FlexForecastIsp = { power: 1, unit: 'MW' };
// @ts-expect-error a value that was read has its defaults
export const incomplete: FlexForecastIsp = { power: 1 };
// @ts-expect-error GW is not in the enumeration
export const wrong: FlexForecastIsp = { power: 1, unit: 'GW' };

export async function send(client: AgrDsoClient): Promise<string> {
  const { messageId } = await client.sendFlexForecast({
    ispDuration: 'PT15M', timeZone: 'Europe/Amsterdam', period: '2026-10-25', congestionPoint: 'ean.123456789012', isp: [given],
  });
  const response = await client.sendFlexForecast({
    ispDuration: 'PT15M', timeZone: 'Europe/Amsterdam', period: '2026-10-25', congestionPoint: 'ean.123456789012', isp: [], stamp: 1n,
    share: '0.5', note: { name: 'ab' }, remark: [],
  }, { reply: true });
  // @ts-expect-error code is a constant, and isp is missing
  void client.sendFlexForecast({ ispDuration: 'PT15M', timeZone: 'Europe/Amsterdam', period: '2026-10-25', congestionPoint: '', code: 'X-1' });
  return \`\${messageId} \${response.result} \${response.flexForecastMessageId}\`;
}

export const handlers: DsoHandlers<{ sql: string }> = {
  preProcessFlexForecast: (message: FlexForecast) => {
    const level: number = message.level;
    const stamp: bigint = message.stamp;
    const note: string | undefined = message.note?.name ?? message.remark[0]?.name;
    return level > 3 || stamp > 1n ? { decision: 'accept', fields: {} } : { decision: 'reject', reasons: [note ?? ''], fields: {} };
  },
  async processFlexForecast(message, context) {
    context.onCommit((tx) => void tx.sql);
    const client = context.agrClient(message.senderDomain);
    await client.sendFlexOrder({} as never);
    // @ts-expect-error a handler's client does not wait for answers
    await client.sendFlexOrder({} as never, { reply: true });
  },
};
export const kinds: AllKinds = { aString: '', aBoolean: true, aDecimal: '1.0', aDate: '2026-10-25', aHexBinary: new Uint8Array(), aByte: 1, aUnsignedLong: 1n };
export const urgent = (message: FlexUrgentForecast): 'FlexUrgentForecast' => (message.urgency === message.level ? message.$type : message.$type);
export const typed: DsoHandlers<number> = {} as NonNullable<typeof dso.kind>['handlers'];
export const duration = (isp: FlexOrderIsp, settlement: FlexSettlement): number => isp.duration + settlement.contractSettlement.length;
`;

/** What the compiler says, under the rules of this package. */
function compile(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  delete options.rootDir;
  const program = ts.createProgram([...files], { ...options, types: [] });
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const { file, start = 0, messageText } = diagnostic;
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

let workspace: Workspace;
let protocol: Protocol;
let oracle: Oracle;

test.before(async () => {
  workspace = new Workspace();
  workspace.append('UFTP-common.xsd', simpleTypes + allKinds);
  workspace.append('UFTP-agr-dso.xsd', forecast);
  workspace.edit(
    'UFTP-agr-dso.xsd',
    'name="ContractSettlement" type="ContractSettlementType"',
    'name="ContractSettlement" type="ContractSettlementType" minOccurs="0"',
  );
  workspace.edit(
    'UFTP-agr-dso.xsd',
    '<xs:complexType name="FlexOrderISPType">\n',
    '<xs:complexType name="FlexOrderISPType">\n    <xs:attribute name="Extra" type="xs:boolean" default="1"/>\n',
  );
  workspace.state(protocolFile);
  await workspace.generate({ version: '3.2.0' });
  // The generated code imports the package by its name, as it does in a project that has it installed.
  mkdirSync(join(workspace.folder, 'node_modules'));
  symlinkSync(root, join(workspace.folder, 'node_modules/shapeshifter-uftp'));
  writeFileSync(join(workspace.folder, 'package.json'), '{ "type": "module" }');
  ({ protocol } = await import(pathToFileURL(join(workspace.out, 'index.ts')).href));
  oracle = schemaFor(workspace.xsd);
});

test.after(() => workspace.remove());

test('The generated code and what a user does with it compile under our strict rules.', () => {
  const file = join(workspace.folder, 'consumer.ts');
  writeFileSync(file, consumer);
  assert.equal(compile([file]), []);
});

test('The new pair has methods, handlers and rows.', () => {
  const roles = workspace.read('roles.ts');
  for (const part of [
    'sendFlexForecast: SendRequest<',
    'sendFlexForecastResponse: SendResponse<',
    'preProcessFlexForecast?(',
    'processFlexForecastResponse?(',
  ]) {
    assert.ok(roles.includes(part), part);
  }
  const row = protocol.messages.get('FlexForecast');
  assert.equal(row?.references, { flexRequestMessageId: 'FlexRequest' });
  assert.equal(row?.order, ['congestionPoint', 'period']);
  assert.equal(row?.constants, { code: 'X-12345' });
  assert.is(protocol.messages.get('FlexForecastResponse')?.reference, 'flexForecastMessageId');
  assert.is(protocol.messages.get('FlexForecastResponse')?.request, 'FlexForecast');
  assert.is(protocol.version, '3.2.0');
});

test('What no documentation file covers is documented by the XSD.', () => {
  assert.match(workspace.read('agr-dso.ts'), '/** A forecast, in words of the XSD. */');
});

test('Facets of successive restrictions stand side by side, alternatives of one together.', () => {
  assert.match(
    workspace.read('scalars.ts'),
    `/*@__PURE__*/ scalar('NarrowCodeType', xsToken, {
  patterns: [/^(?:[A-Z]{2}[0-9]{3}|X-[0-9]+)$/u, /^(?:[^\\n\\r]*[1-5])$/u],
  maxLength: 8,
});`,
  );
  assert.match(workspace.read('scalars.ts'), "min: { value: '0', exclusive: true }");
  assert.match(workspace.read('scalars.ts'), 'min: { value: 9007199254740993n, exclusive: false }');
});

const uuid = '00000000-0000-4000-8000-000000000000';
const attributes = {
  Version: '3.2.0',
  SenderDomain: 'agr.nl',
  RecipientDomain: 'dso.nl',
  TimeStamp: '2026-10-25T12:00:00Z',
  MessageID: uuid,
  ConversationID: uuid,
  'ISP-Duration': 'PT15M',
  TimeZone: 'Europe/Amsterdam',
  Period: '2026-10-25',
  CongestionPoint: 'ean.123456789012',
  Code: 'X-12345',
};
const isp = '<ISP Power="1"/>';

function document(own: Record<string, string>, content: string): Uint8Array {
  const all = Object.entries({ ...attributes, ...own }).map(([name, value]) => ` ${name}="${value}"`);
  return new TextEncoder().encode(`<FlexForecast${all.join('')}>${content}</FlexForecast>`);
}

// biome-ignore format: one case to a line
const documents: readonly (readonly [own: Record<string, string>, content?: string])[] = [
  [{}], [{}, ''], [{}, isp.repeat(3)], [{}, isp.repeat(4)],
  [{ Code: 'AB123' }], [{ Code: 'AB126' }], [{ Code: 'X-1' }], [{ Code: 'X-6' }], [{ Code: 'X-1234567' }], [{ Code: '  X-1 ' }], [{ Code: 'ab123' }], [{ Code: '' }],
  [{ Share: '0.5' }], [{ Share: '0' }], [{ Share: '0.000' }], [{ Share: '1' }], [{ Share: '0.999' }], [{ Share: '0.9990' }], [{ Share: '0.9999' }], [{ Share: '.5' }], [{ Share: '-0.5' }], [{ Share: '5e-1' }],
  [{ Level: '-10' }], [{ Level: '-9' }], [{ Level: '10' }], [{ Level: '+10' }], [{ Level: '11' }], [{ Level: '1.0' }],
  [{ Stamp: '9007199254740992' }], [{ Stamp: '9007199254740993' }], [{ Stamp: '9223372036854775807' }], [{ Stamp: '9223372036854775808' }],
  [{}, '<ISP Power="1" Unit="MW"/>'], [{}, '<ISP Power="1" Unit="GW"/>'], [{}, '<ISP Unit="kW"/>'],
  [{}, `${isp}<Note/>`], [{}, `${isp}<Note/><Note/>`], [{}, `${isp}<Remark/><Remark/>`], [{}, `${isp}<Remark/><Remark/><Remark/>`], [{}, `${isp}<Remark/><Note/>`],
  [{}, `${isp}<Note Name="a"/>`], [{}, `${isp}<Note Name="ab"/>`], [{}, `${isp}<Note Name="😀😀😀"/>`], [{}, `${isp}<Note Name="abcd"/>`],
  [{ FlexRequestMessageID: uuid }], [{ FlexRequestMessageID: 'x' }], [{ Unknown: 'x' }],
];
for (const [own, content = isp] of documents) {
  test(`A FlexForecast with ${JSON.stringify(own)} and ${content} is judged as by libxml2.`, () => {
    const bytes = document(own, content);
    const errors = oracle.validate(bytes);
    const { message, issues } = readMessage(bytes, [protocol], { official: true });
    assert.is(
      message !== undefined,
      errors.length === 0,
      `${JSON.stringify(errors)} ${JSON.stringify(issues)}`,
    );
    if (message === undefined) return;
    const again = encode(message, protocol);
    assert.equal(oracle.validate(again), []);
    assert.equal(readMessage(again, [protocol]).message, message);
  });
}

test('Absent attributes with a default read as it, lists that are absent as empty, the rest as absent.', () => {
  const { message } = readMessage(document({}, isp), [protocol]);
  const { level, stamp, remark, isp: isps } = message as unknown as Record<string, unknown>;
  assert.equal(
    { level, stamp, remark, isps },
    { level: 5, stamp: 9007199254740993n, remark: [], isps: [{ power: 1, unit: 'kW' }] },
  );
  for (const key of ['note', 'share', 'flexRequestMessageId']) assert.is(key in (message ?? {}), false, key);
});
