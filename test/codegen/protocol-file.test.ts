/** @module A protocol file is read strictly, merged with what it extends, and held against the XSDs. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../support/suite.ts';
import { inWorkspace, schemas } from './workspace.ts';

const test = suite('codegen: protocol file');

const base = 'shapeshifter-uftp/schemas/3.1.0/protocol.json';

/** Changes to 3.1.0: messages, or the whole file as text; construct, part of the problem. */
type Case = readonly [change: object | string, construct: string, problem: string];

// biome-ignore format: one case to a line
const refused: readonly Case[] = [
  ['', 'JSON', 'Unexpected end'],
  ['{\n"version": "3.1.0",\n}', 'JSON', ''],
  ['[]', 'JSON', 'is not an object'],
  ['{ "version": "3.1.0", "version": "3.1.0" }', '"version"', 'stands twice'],
  [`{ "extends": "${base}" }`, 'protocol file', 'has no "version"'],
  ['{ "version": "3.1.0", "messages": {} }', 'protocol file', 'has no "envelope"'],
  ['{ "version": "3.1", "envelope": "SignedMessage" }', '"version"', 'is "3.1"'],
  ['{ "version": "3.1.0", "title": "x" }', '"title"', 'is not a known key'],
  ['{ "version": "3.1.0", "experimental": "no" }', '"experimental"', 'is "no"'],
  ['{ "version": "3.1.0", "extends": "missing.json" }', 'file', 'cannot be read'],
  ['{ "version": "3.1.0", "extends": "protocol.json" }', '"extends"', 'leads back to this file'],
  [`{ "version": "3.1.0", "extends": "${base}", "envelope": "Signed" }`, '"envelope"', 'Signed is no root element'],
  [{ FlexRequest: { sender: 'DSO' } }, '"messages.FlexRequest.sender"', 'is not a known key'],
  [{ FlexRequest: { constructor: 'DSO' } }, '"messages.FlexRequest.constructor"', 'is not a known key'],
  [{ FlexRequest: 'DSO' }, '"messages.FlexRequest"', 'is "DSO"'],
  [{ FlexRequest: { from: 'DSO' } }, '"messages.FlexRequest.from"', 'is "DSO"'],
  [{ FlexRequest: { from: ['BRP'] } }, '"messages.FlexRequest.from.0"', 'is "BRP"'],
  [{ FlexRequest: { from: ['DSO', 'DSO'] } }, '"messages.FlexRequest.from"', 'says something twice'],
  [{ FlexRequest: { from: [] } }, '"messages.FlexRequest.from"', 'is []'],
  [{ FlexRequest: { from: null } }, '"messages.FlexRequest.from"', 'is null'],
  [{ FlexRequest: { index: { a: [] } } }, '"messages.FlexRequest.index.a"', 'is []'],
  [{ FlexRequest: { constants: { A: {} } } }, '"messages.FlexRequest.constants.A"', 'is {}'],
  [{ FlexOffer: { implied: { A: { value: 1, whenAbsent: 'B' } } } }, '"messages.FlexOffer.implied.A"', 'is {'],
  [{ FlexSettlementResponse: { rejection: { A: { use: 'time' } } } }, '"messages.FlexSettlementResponse.rejection.A.use"', 'is "time"'],
  [{ FlexSettlementResponse: { rejection: { A: { is: 1 } } } }, '"messages.FlexSettlementResponse.rejection.A"', 'is {"is":1}'],
  [{ FlexForecast: { from: ['AGR'], to: ['DSO'] } }, '"FlexForecast"', 'is no root element of the XSDs'],
  [{ FlexForecast: { from: ['AGR'] } }, '"FlexForecast"', 'has no "to"'],
  [{ SignedMessage: { from: ['AGR'], to: ['DSO'] } }, '"SignedMessage"', 'is the envelope'],
  [{ Metering: null }, 'xs:element Metering', 'the protocol file does not say who sends it'],
  [{ Metering: { response: null } }, '"Metering"', 'is neither a request nor a response'],
  [{ Metering: { response: 'Meter' } }, '"Metering.response"', 'Meter is no other message'],
  [{ Metering: { response: 'Metering' } }, '"Metering.response"', 'Metering is no other message'],
  [{ Metering: { response: 'FlexOfferResponse' } }, '"Metering.response"', 'FlexOfferResponse answers FlexOffer already'],
  [{ Metering: { response: 'FlexOffer' } }, '"Metering.response"', 'FlexOffer has a response itself'],
  [{ Metering: { to: ['CRO'] } }, '"Metering.response"', 'MeteringResponse does not go from CRO to AGR'],
  [{ MeteringResponse: { reference: 'MessageId' } }, '"MeteringResponse.reference"', 'has no attribute MessageId'],
  [{ Metering: { reference: 'MessageID' } }, '"Metering.reference"', 'is no response'],
  [{ Metering: { copies: ['EAN'] } }, '"Metering.copies"', 'is no response'],
  [{ Metering: { order: ['Ean'] } }, '"Metering.order"', 'has no attribute Ean'],
  [{ Metering: { index: { ean: ['Ean'] } } }, '"Metering.index.ean"', 'has no attribute Ean'],
  [{ Metering: { notAfter: 'Expiry' } }, '"Metering.notAfter"', 'has no attribute Expiry'],
  [{ Metering: { notAfter: 'Period' } }, '"Metering.notAfter"', 'Period is no dateTime'],
  [{ Metering: { constants: { Ean: 'x' } } }, '"Metering.constants"', 'has no attribute Ean'],
  [{ Metering: { constants: { EAN: 'x' } } }, '"Metering.constants.EAN"', 'does not match'],
  [{ Metering: { constants: { EAN: 1 } } }, '"Metering.constants.EAN"', '1 is no value of kind string'],
  [{ Metering: { constants: { Revision: 1 } } }, '"Metering.constants.Revision"', '1 is no value of kind long'],
  [{ Metering: { references: { Ean: 'FlexOffer' } } }, '"Metering.references"', 'has no attribute Ean'],
  [{ Metering: { references: { EAN: 'Flex' } } }, '"Metering.references.EAN"', 'Flex is no message'],
  [{ FlexOffer: { implied: { Unsolicited: { value: 'no' } } } }, '"FlexOffer.implied.Unsolicited"', '"no" is no value of kind boolean'],
  [{ FlexOffer: { implied: { Unsolicited: { whenAbsent: 'Request' } } } }, '"FlexOffer.implied"', 'has no attribute Request'],
  [{ FlexOffer: { implied: { Currency: { value: 'EUR' } } } }, '"FlexOffer.implied"', 'Currency is never absent'],
  [{ MeteringResponse: { copies: ['Result'] } }, '"MeteringResponse.copies"', 'Metering has no attribute Result of the same type'],
];
for (const [change, construct, problem] of refused) {
  test(
    `${JSON.stringify(change)} is refused: ${construct} ${problem}.`,
    inWorkspace(async (workspace) => {
      workspace.state(
        typeof change === 'string' ? change : { version: '3.1.0', extends: base, messages: change },
      );
      const problems = await workspace.refused();
      const found = problems.some((one) => one.construct === construct && one.problem.includes(problem));
      assert.ok(found, JSON.stringify(problems, null, 2));
    }),
  );
}

const rejection = (fill: object): object => ({
  FlexSettlementResponse: { rejection: { FlexOrderSettlementStatus: fill } },
});
const each = (fields: object): object => rejection({ each: 'FlexOrderSettlement', as: { fields } });
const status = { Disposition: { value: 'Disputed' } };
const path = 'FlexSettlementResponse.rejection.FlexOrderSettlementStatus';

// biome-ignore format: one case to a line
const rejections: readonly Case[] = [
  [{ FlexSettlementResponse: { rejection: null } }, '"FlexSettlementResponse.rejection"', 'does not say what FlexOrderSettlementStatus is'],
  [{ MeteringResponse: { rejection: { Reason: { use: 'reason' } } } }, '"MeteringResponse.rejection.Reason"', 'has neither attribute nor child Reason'],
  [{ TestMessageResponse: { rejection: {} } }, '"TestMessageResponse.rejection"', 'cannot say Rejected'],
  [{ Metering: { rejection: {} } }, '"Metering.rejection"', 'is no response'],
  [rejection({ fields: status }), `"${path}"`, 'is a list of elements'],
  [rejection({ list: [{ value: 1 }] }), `"${path}"`, 'is an element'],
  [rejection({ each: 'Order', as: { fields: status } }), `"${path}"`, 'has no child Order'],
  [each({}), `"${path}"`, 'does not say what Disposition is'],
  [each({ Disposition: { value: 'Refused' } }), `"${path}.Disposition"`, 'is not one of Accepted, Disputed'],
  [each({ Disposition: { list: [{ value: 'Disputed' }] } }), `"${path}.Disposition"`, 'is an attribute'],
  [each({ Disposition: { copy: 'State' } }), `"${path}.Disposition"`, 'has no attribute State'],
  [each({ Disposition: { copy: 'Price' } }), `"${path}.Disposition"`, 'Price is of another type'],
];
for (const [change, construct, problem] of rejections) {
  test(
    `The rejection in ${JSON.stringify(change)} is refused: ${problem}.`,
    inWorkspace(async (workspace) => {
      workspace.state({ version: '3.1.0', extends: base, messages: change });
      const problems = await workspace.refused();
      assert.ok(
        problems.some((one) => one.construct === construct && one.problem.includes(problem)),
        JSON.stringify(problems, null, 2),
      );
    }),
  );
}

test(
  'A problem is shown at its line, in the file that states it.',
  inWorkspace(async (workspace) => {
    const lower = join(workspace.folder, 'lower.json');
    writeFileSync(
      lower,
      `{\n  "version": "3.1.0",\n  "extends": "${base}",\n  "messages": {\n    "Metering": {\n      "order": ["Ean"]\n    }\n  }\n}\n`,
    );
    workspace.state(
      '{\n  "version": "3.1.0",\n  "extends": "lower.json",\n  "messages": {\n    "FlexOrder": {\n      "order": [\n        "Id"\n      ]\n    }\n  }\n}\n',
    );
    const problems = await workspace.refused();
    assert.equal(
      problems.map(({ file, line, construct }) => [file, line, construct]),
      [
        [workspace.protocol, 6, '"FlexOrder.order"'],
        [lower, 6, '"Metering.order"'],
      ],
    );
  }),
);

test(
  'Messages are merged by name and by key, and null takes away.',
  inWorkspace(async (workspace) => {
    workspace.edit('UFTP-metering.xsd', '<xs:element name="Metering" type="MeteringMessageType"/>', '');
    workspace.edit(
      'UFTP-metering.xsd',
      '<xs:element name="MeteringResponse" type="MeteringResponseType"/>',
      '',
    );
    workspace.state({
      version: '3.1.0',
      extends: base,
      messages: {
        Metering: null,
        MeteringResponse: null,
        FlexOrder: { index: { orderReference: ['OrderReference'] }, implied: null },
      },
    });
    const { model } = await workspace.generate();
    const order = model.messages.find(({ name }) => name === 'FlexOrder');
    assert.equal(order?.index, { orderReference: ['OrderReference'] });
    assert.equal(order?.implied, {});
    assert.equal(order?.from, ['DSO']);
    assert.is(
      model.messages.some(({ name }) => name.startsWith('Metering')),
      false,
    );
  }),
);

test(
  'The version that was asked for must be that of the file.',
  inWorkspace(async (workspace) => {
    const [problem] = await workspace.refused({ version: '3.2.0' });
    assert.is(problem?.problem, 'is 3.1.0, but 3.2.0 was asked for');
    await workspace.generate({ version: '3.1.0' });
  }),
);

test(
  'Whether a version is experimental is taken over from the file below.',
  inWorkspace(async (workspace) => {
    workspace.state({ version: '3.1.0', extends: 'lower.json' });
    writeFileSync(
      join(workspace.folder, 'lower.json'),
      JSON.stringify({ version: '3.0.0', experimental: true, extends: base }),
    );
    const { model } = await workspace.generate();
    assert.is(model.experimental, true);
    assert.match(workspace.read('protocol.ts'), 'experimental: true');
  }),
);

test(
  'A root without what every message has is refused.',
  inWorkspace(async (workspace) => {
    workspace.append(
      'UFTP-common.xsd',
      '<xs:complexType name="PingType"><xs:attribute name="Version" type="SpecVersion"/></xs:complexType><xs:element name="Ping" type="PingType"/>',
    );
    workspace.state({ version: '3.1.0', extends: base, messages: { Ping: { from: ['AGR'], to: ['DSO'] } } });
    const problems = await workspace.refused();
    assert.equal(
      problems
        .filter(({ construct }) => construct === 'xs:element Ping')
        .map(({ problem }) => /attribute (\w+)/.exec(problem)?.[1]),
      ['Version', 'SenderDomain', 'RecipientDomain', 'TimeStamp', 'MessageID', 'ConversationID'],
    );
  }),
);

test(
  'Our own protocol files are complete.',
  inWorkspace(async (workspace) => {
    for (const version of ['3.0.0', '3.1.0', 'next']) {
      const { model } = await workspace.generate({
        xsd: join(schemas, version),
        protocol: join(schemas, version, 'protocol.json'),
      });
      assert.is(model.messages.length, 26);
      const references = model.messages
        .filter(({ request }) => request !== undefined)
        .map(({ reference }) => reference);
      if (version === 'next') assert.equal([...new Set(references)], ['ReferenceMessageID']);
      else
        assert.is(
          references.filter((reference) => reference === undefined).length,
          1,
          'only TestMessageResponse has none',
        );
    }
  }),
);
