/** @module A document that departs from the schema is refused with the right code at the right place, and libxml2 agrees. */

import { fileURLToPath } from 'node:url';
import { xsInteger } from '../../runtime/codec/builtin.ts';
import { openDocument, walkDocument } from '../../runtime/codec/decode.ts';
import { child, complex, required } from '../../runtime/codec/table.ts';
import type { IssueCode } from '../../runtime/errors.ts';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';
import { bytesOf, changed, readAs, summary } from './values.ts';

const test = suite('codec: decode');

const schema = schemaFor(fileURLToPath(new URL('../../schemas/3.1.0', import.meta.url)));

const isp = '<ISP Power="-1500250" Start="1" Duration="96"/>';

const refused: readonly (readonly [
  what: string,
  root: string,
  from: string | RegExp,
  to: string,
  ...issues: string[],
])[] = [
  ['text that is no XML', 'FlexOffer', '</FlexOffer>', '', 'xml /'],
  ['another root element', 'TestMessage', 'TestMessage', 'testMessage', 'root-unknown /testMessage'],
  ['an envelope', 'TestMessage', 'TestMessage', 'SignedMessage', 'root-unknown /SignedMessage'],
  [
    'a default namespace',
    'TestMessage',
    ' Version',
    ' xmlns="urn:x" Version',
    'namespace /TestMessage/@xmlns',
  ],
  [
    'a default namespace within',
    'FlexOffer',
    '<ISP',
    '<ISP xmlns="urn:x"',
    'namespace /FlexOffer/OfferOption[1]/ISP[1]/@xmlns',
  ],
  [
    'an element that is unknown',
    'FlexOffer',
    isp,
    `<Isp/>${isp}`,
    'element-unknown /FlexOffer/OfferOption[1]/Isp',
  ],
  [
    'an element with a prefix',
    'FlexOffer',
    isp,
    `<x:ISP xmlns:x="u" a="" b=""/>${isp}`,
    'element-unknown /FlexOffer/OfferOption[1]/x:ISP',
  ],
  [
    'an element before its place',
    'FlexSettlement',
    '<FlexOrderSettlement',
    '<ContractSettlement/><FlexOrderSettlement',
    'element-missing /FlexSettlement/FlexOrderSettlement',
    'element-missing /FlexSettlement/ContractSettlement[1]/Period',
    'element-unexpected /FlexSettlement/FlexOrderSettlement',
    'element-unexpected /FlexSettlement/FlexOrderSettlement',
  ],
  [
    'an element behind its place',
    'FlexSettlement',
    '</FlexSettlement>',
    '<FlexOrderSettlement/></FlexSettlement>',
    'element-unexpected /FlexSettlement/FlexOrderSettlement',
  ],
  ['no element where one must be', 'D-Prognosis', /<ISP.*\/>/, '', 'element-missing /D-Prognosis/ISP'],
  ['an empty element where one must be', 'D-Prognosis', /><ISP.*/, '/>', 'element-missing /D-Prognosis/ISP'],
  [
    'one element too many',
    'DSOPortfolioQueryResponse',
    /(<CongestionPoint.*<\/CongestionPoint>)/,
    '$1$1',
    'element-too-many /DSOPortfolioQueryResponse/CongestionPoint',
  ],
  [
    'an attribute that is unknown',
    'FlexOffer',
    'Start="1"',
    'Start="1" start="1"',
    'attribute-unknown /FlexOffer/OfferOption[1]/ISP[1]/@start',
  ],
  [
    'an attribute of XML',
    'TestMessage',
    ' Version',
    ' xml:lang="nl" Version',
    'attribute-unknown /TestMessage/@xml:lang',
  ],
  [
    'an attribute that is missing',
    'FlexOffer',
    ' Start="1"',
    '',
    'attribute-missing /FlexOffer/OfferOption[1]/ISP[1]/@Start',
  ],
  ['text', 'FlexOffer', isp, `${isp}text`, 'text-unexpected /FlexOffer/OfferOption[1]'],
  ['text where nothing may be', 'TestMessage', '/>', '>text</TestMessage>', 'text-unexpected /TestMessage'],
  [
    'white space where nothing may be',
    'TestMessage',
    '/>',
    '> </TestMessage>',
    'text-unexpected /TestMessage',
  ],
  ['text by reference', 'FlexOffer', isp, `${isp}&#97;`, 'text-unexpected /FlexOffer/OfferOption[1]'],
  ['CDATA', 'FlexOffer', isp, `${isp}<![CDATA[text]]>`, 'text-unexpected /FlexOffer/OfferOption[1]'],
  [
    'a word for a number',
    'FlexOffer',
    'Power="-1500250"',
    'Power="much"',
    'type /FlexOffer/OfferOption[1]/ISP[1]/@Power',
  ],
  [
    'an empty number',
    'FlexOffer',
    'Power="-1500250"',
    'Power=""',
    'type /FlexOffer/OfferOption[1]/ISP[1]/@Power',
  ],
  ['a day that is not', 'FlexOffer', 'Period="2026-10-25"', 'Period="2026-10-32"', 'type /FlexOffer/@Period'],
  [
    'a number beyond what is exact',
    'FlexOffer',
    'Power="-1500250"',
    'Power="9007199254740992"',
    'unsafe-integer /FlexOffer/OfferOption[1]/ISP[1]/@Power',
  ],
  [
    'another word than those listed',
    'FlexRequest',
    'Disposition="Requested"',
    'Disposition="requested"',
    'enumeration /FlexRequest/ISP[1]/@Disposition',
  ],
  [
    'a form that is not the pattern',
    'FlexOffer',
    'Currency="EUR"',
    'Currency="Euro"',
    'pattern /FlexOffer/@Currency',
  ],
  [
    'a line feed behind the pattern',
    'FlexOffer',
    'Currency="EUR"',
    'Currency="EUR&#10;"',
    'pattern /FlexOffer/@Currency',
  ],
  [
    'digits of another script',
    'TestMessage',
    'Version="3.1.0"',
    'Version="٣.1.0"',
    'pattern /TestMessage/@Version',
  ],
  [
    '0 for a positive integer',
    'FlexOffer',
    'Start="1"',
    'Start="0"',
    'range /FlexOffer/OfferOption[1]/ISP[1]/@Start',
  ],
  [
    'too much of a factor',
    'FlexOrder',
    'ActivationFactor="0.75"',
    'ActivationFactor="1.01"',
    'range /FlexOrder/@ActivationFactor',
  ],
  [
    'a long of 65 bits',
    'D-Prognosis',
    /Revision="\d+"/,
    'Revision="9223372036854775808"',
    'range /D-Prognosis/@Revision',
  ],
  ['digits of a cent', 'FlexOrder', 'Price="1250.75"', 'Price="1250.00001"', 'digits /FlexOrder/@Price'],
  [
    'several faults at once',
    'TestMessage',
    / SenderDomain=.*TimeStamp="[^"]*"/,
    ' SenderDomain="" TimeStamp="now"',
    'pattern /TestMessage/@SenderDomain',
    'type /TestMessage/@TimeStamp',
    'attribute-missing /TestMessage/@RecipientDomain',
  ],
  [
    'faults in elements of one name',
    'FlexOffer',
    /Start="1"/g,
    'Start="0"',
    'range /FlexOffer/OfferOption[1]/ISP[1]/@Start',
    'range /FlexOffer/OfferOption[2]/ISP[1]/@Start',
    'range /FlexOffer/OfferOption[2]/ISP[2]/@Start',
  ],
];

/** What libxml2 takes all the same: departures that `schemas/README.md` and the house state. */
const widerInLibxml2 = new Set(['a number beyond what is exact', 'digits of another script', 'an envelope']);

for (const [what, root, from, to, ...issues] of refused) {
  test(`It refuses ${what}.`, () => {
    const xml = changed(root, from, to);
    assert.equal(summary(readAs(xml).issues), issues);
    if (!widerInLibxml2.has(what)) assert.is.not(schema.validate(bytesOf(xml)).length, 0, 'libxml2 takes it');
  });
}

test('Every issue code but the limit, and length, which no type of UFTP has, stands in the table above.', () => {
  const codes = new Set(refused.flatMap(([, , , , ...issues]) => issues.map((issue) => issue.split(' ')[0])));
  const all: readonly IssueCode[] = [
    'xml',
    'root-unknown',
    'namespace',
    'element-unknown',
    'element-unexpected',
    'element-missing',
    'element-too-many',
    'attribute-unknown',
    'attribute-missing',
    'text-unexpected',
    'type',
    'unsafe-integer',
    'enumeration',
    'pattern',
    'range',
    'digits',
  ];
  assert.equal([...codes].sort(), [...all].sort());
});

test('An issue has line and column, in bytes from 1, and what stands there.', () => {
  const [issue] = readAs(
    changed('FlexOffer', /(contract".*?)Currency="EUR"/, 'ç\n $1\r\n\tCurrency="Euro"'),
  ).issues;
  assert.equal([issue?.line, issue?.column, issue?.received], [3, 12, 'Euro']);
});

test('At most 100 issues are reported, and then the limit.', () => {
  const { issues } = readAs(changed('FlexOffer', isp, '<ISP/>'.repeat(100)));
  assert.is(issues.length, 101);
  assert.is(issues.at(-1)?.code, 'limit');
  assert.is(
    readAs(changed('FlexOffer', isp, '<ISP/>'.repeat(2)), { limits: { issuesMax: 3 } }).issues.length,
    4,
  );
});

test('An element that is skipped counts as one issue, whatever its attributes.', () => {
  const many = Array.from({ length: 120 }, (_, i) => ` a${i}=""`).join('');
  assert.is(readAs(changed('FlexOffer', isp, `${isp}<x${many}/>`)).issues.length, 1);
});

test('a byte that is no UTF-8 is no letter of an end tag, whose name may have letters beyond ASCII', () => {
  const named = complex(undefined, [required('n', xsInteger)], [], ([n]) => ({ n }));
  const root = complex(undefined, [], [child('é', named, 0, 1)], ([e]) => ({ e }));
  const read = (end: readonly number[]) => {
    const document = ['<R>', ' '.repeat(1_100), '<é n="1"></', end, '></R>'].flatMap((part) =>
      typeof part === 'string' ? [...new TextEncoder().encode(part)] : part,
    );
    const { reader, root: name } = openDocument(Uint8Array.from(document));
    return walkDocument(reader, name, root, {});
  };
  assert.equal(read([0xc3, 0xa9]).value, { e: { n: 1 } });
  assert.equal(
    read([0xe9]).issues.map(({ expected }) => expected),
    ['UTF-8'],
  );
});
