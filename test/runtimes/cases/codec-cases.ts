/** @module Cases of reading, writing and converting messages. */

import {
  decode,
  encode,
  fromJson,
  isUftpError,
  type Message,
  type Protocol,
  readMessage,
  toJson,
} from 'shapeshifter-uftp';
import { convert } from 'shapeshifter-uftp/convert';
import { protocol as next } from 'shapeshifter-uftp/next';
import { protocol as v3_0 } from 'shapeshifter-uftp/v3.0';
import { type FlexOffer, type FlexRequest, protocol as v3_1 } from 'shapeshifter-uftp/v3.1';
import { type Case, equal, thrown } from './case.ts';

const metadata = (version: string): string =>
  `Version="${version}" SenderDomain="agr.example" RecipientDomain="dso.example" ` +
  'TimeStamp="2026-03-02T12:00:00.123456+01:00" MessageID="11111111-1111-4111-8111-111111111111" ' +
  'ConversationID="22222222-2222-4222-8222-222222222222"';
const about =
  'ISP-Duration="PT15M" TimeZone="Europe/Amsterdam" Period="2026-03-03" CongestionPoint="ean.871687120000000010"';
const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const ofRequest = 'FlexRequestMessageID="33333333-3333-4333-8333-333333333333"';
const isps = Array.from(
  { length: 96 },
  (_, index) => `<ISP Power="${-1000 * index}" Start="${index + 1}" Duration="1"/>`,
);

/** A FlexOffer over all 96 ISPs of a day, as the encoder writes it. */
const offer = (version: string): string =>
  `${declaration}<FlexOffer ${metadata(version)} ${about} ExpirationDateTime="2026-03-02T23:00:00Z" ${ofRequest} ` +
  'ContractID="Überschuß &amp; &quot;Söhne&quot; ⚡" Currency="EUR">' +
  `<OfferOption OptionReference="full" Price="126.50" MinActivationFactor="1.00">${isps.join('')}</OfferOption></FlexOffer>`;

/** A FlexRequest whose Revision is a time stamp of 17 digits. */
const request =
  `${declaration}<FlexRequest ${metadata('3.1.0')} ${about} Revision="20260302120000123" ` +
  'ExpirationDateTime="2026-03-02T22:00:00Z" ServiceType="Intraday">' +
  '<ISP Disposition="Requested" MinPower="-400000" MaxPower="0" Start="7" Duration="2"/></FlexRequest>';

/** A document with a mistake in each line, and what is found in it. */
const broken = [
  `<FlexRequest ${metadata('3.1.0')} ${about.replace('2026-03-03', '2026-02-30')}`,
  'Revision="9223372036854775808" ExpirationDateTime="soon" Colour="red"> text',
  '<ISP Disposition="Wanted" MinPower="0" MaxPower="0" Start="0" Duration="1"/>',
  '<ISP Disposition="Requested" MinPower="0" Start="9007199254740993"/>',
  '<Extra/>',
  '</FlexRequest>',
].join('\n');
const found: readonly string[] = [
  'type /FlexRequest/@Period 1:292',
  'range /FlexRequest/@Revision 2:11',
  'type /FlexRequest/@ExpirationDateTime 2:52',
  'attribute-unknown /FlexRequest/@Colour 2:58',
  'text-unexpected /FlexRequest 2:71',
  'enumeration /FlexRequest/ISP[1]/@Disposition 3:19',
  'range /FlexRequest/ISP[1]/@Start 3:60',
  'unsafe-integer /FlexRequest/ISP[2]/@Start 4:50',
  'attribute-missing /FlexRequest/ISP[2]/@MaxPower 4:5',
  'element-unknown /FlexRequest/Extra 5:1',
];

/** Cases of decode, encode, JSON and conversion. */
export const codecCases: readonly Case[] = [
  {
    title: 'a FlexOffer over 96 ISPs is read, and written again to the byte',
    async run() {
      const message = decode(bytesOf(offer('3.1.0')), [v3_0, v3_1]) as FlexOffer;
      const [option] = message.offerOption;
      equal(message.contractId, 'Überschuß & "Söhne" ⚡', 'ContractID');
      equal([option?.price, option?.isp.length], ['126.50', 96], 'Price, and number of ISPs');
      equal(option?.isp[95], { power: -95_000, start: 96, duration: 1 }, 'the last ISP');
      equal(textOf(encode(message, v3_1)), offer('3.1.0'), 'what is written');
    },
  },
  {
    title: 'a Revision of 17 digits is read as a bigint and written in full',
    async run() {
      const message = decode(bytesOf(request), [v3_1]) as FlexRequest;
      equal(message.revision, 20_260_302_120_000_123n, 'Revision');
      equal(textOf(encode(message, v3_1)), request, 'what is written');
    },
  },
  {
    title: 'everything that is wrong with a document is reported, with path, line and column',
    async run() {
      const { message, issues } = readMessage(bytesOf(broken), [v3_1]);
      equal(message, undefined, 'message');
      const reported = issues.map(({ code, path, line, column }) => `${code} ${path} ${line}:${column}`);
      equal(reported, found, 'issues');
    },
  },
  {
    title: 'what is not XML of the profile is refused: a DOCTYPE, bytes that are not UTF-8, half a document',
    async run() {
      const documents = [
        bytesOf(`<!DOCTYPE a>${request.slice(declaration.length)}`),
        Uint8Array.of(...bytesOf('<TestMessage Version="'), 0xff, ...bytesOf('"/>')),
        bytesOf(request.slice(0, -5)),
      ];
      for (const [index, bytes] of documents.entries()) {
        const codes = readMessage(bytes, [v3_1]).issues.map(({ code }) => code);
        equal(codes, ['xml'], `what is wrong with document ${index}`);
      }
    },
  },
  {
    title: 'a FlexOffer goes from 3.0.0 to 3.1.0, and next, and back to the byte',
    async run() {
      const old = decode(bytesOf(offer('3.0.0')), [v3_0]);
      equal(textOf(encode(convert(old, v3_0, v3_1), v3_1)), offer('3.1.0'), 'in 3.1.0');
      for (const other of [v3_1, next]) {
        const back = convert(convert(old, v3_0, other), other, v3_0);
        equal(textOf(encode(back, v3_0)), offer('3.0.0'), `back from ${other.version}`);
      }
    },
  },
  {
    title: 'what a version cannot say is a typed error, and nothing is dropped',
    async run() {
      const order: Message & Record<string, unknown> = {
        ...decode(bytesOf(offer('3.1.0')), [v3_1]),
        $type: 'FlexOrder',
        flexOfferMessageId: '44444444-4444-4444-8444-444444444444',
        price: '126.50',
        orderReference: 'ORD-1',
        serviceType: 'Intraday',
        isp: [{ power: -1000, start: 1, duration: 1 }],
      };
      for (const name of ['offerOption', 'flexRequestMessageId', 'expirationDateTime']) delete order[name];
      equal(await losses(order, v3_1, v3_0), ['attribute-unknown /FlexOrder/@ServiceType'], 'losses');
    },
  },
  {
    title: 'JSON text keeps an integer of 17 digits, which a parsed number cannot',
    async run() {
      const message = decode(bytesOf(request), [v3_1]);
      const json = toJson(message, v3_1);
      equal(json.includes('"Revision": 20260302120000123,'), true, 'Revision in full');
      equal(fromJson(json, 'FlexRequest', v3_1), message, 'what is read again');
      const rounded = json.replace('20260302120000123', '9007199254740993');
      const error = await thrown(() => fromJson(JSON.parse(rounded), 'FlexRequest', v3_1));
      equal(isUftpError(error) && error.issues.map(({ code }) => code), ['unsafe-integer'], 'issues');
    },
  },
];

async function losses(message: Message, from: Protocol, to: Protocol): Promise<readonly string[]> {
  const error = await thrown(() => convert(message, from, to));
  if (!isUftpError(error) || error.code !== 'conversion-lossy') throw error;
  return error.issues.map(({ code, path }) => `${code} ${path}`);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
