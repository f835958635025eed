/** @module XML names become names in TypeScript by rule. */

import {
  fileName,
  propertyName,
  rowName,
  scalarName,
  tableName,
  typeName,
  wordsOf,
} from '../../codegen/names.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('codegen: names');

const words: readonly (readonly [name: string, words: string])[] = [
  ['AGRPortfolioQueryMessageID', 'AGR Portfolio Query Message ID'],
  ['D-PrognosisISPType', 'D Prognosis ISP Type'],
  ['ISO4217CurrencyType', 'ISO4217 Currency Type'],
  ['UUIDType', 'UUID Type'],
  ['USEF-RoleType', 'USEF Role Type'],
  ['kWh', 'k Wh'],
  ['a.b_c', 'a b c'],
  ['_x', 'x'],
  ['ÉnergieÜber', 'Énergie Über'],
];
for (const [name, expected] of words) {
  test(`${name} has the words ${expected}.`, () => {
    assert.is(wordsOf(name).join(' '), expected);
  });
}

const properties: readonly (readonly [name: string, property: string])[] = [
  ['AGRPortfolioQueryMessageID', 'agrPortfolioQueryMessageId'],
  ['ISP-Duration', 'ispDuration'],
  ['D-PrognosisMessageID', 'dPrognosisMessageId'],
  ['DSO-View', 'dsoView'],
  ['AGR-Domain', 'agrDomain'],
  ['EAN', 'ean'],
  ['TimeStamp', 'timeStamp'],
  ['IsValidated', 'isValidated'],
  ['Class', 'class'],
];
for (const [name, expected] of properties) {
  test(`${name} is the property ${expected}.`, () => {
    assert.is(propertyName(name), expected);
  });
}

const types: readonly (readonly [name: string, root: string | undefined, type: string])[] = [
  ['UUIDType', undefined, 'Uuid'],
  ['USEF-RoleType', undefined, 'UsefRole'],
  ['FlexRequestISPType', undefined, 'FlexRequestIsp'],
  ['ISO4217CurrencyType', undefined, 'Iso4217Currency'],
  ['MeteringProfileEnum', undefined, 'MeteringProfileEnum'],
  ['Type', undefined, 'Type'],
  ['MeteringMessageType', 'Metering', 'Metering'],
  ['D-PrognosisType', 'D-Prognosis', 'DPrognosis'],
  ['AnythingType', 'FlexType', 'FlexType'],
  ['DecimalType', undefined, 'DecimalType'],
  ['Decimal', undefined, 'DecimalType'],
  ['RoleType', undefined, 'RoleType'],
  ['OmitType', undefined, 'OmitType'],
];
for (const [name, root, expected] of types) {
  test(`${name}${root ? `, the type of ${root},` : ''} is the type ${expected}.`, () => {
    assert.is(typeName(name, root), expected);
  });
}

test('Constants are named after the type, and rows after the message.', () => {
  assert.is(tableName('FlexRequestIsp'), 'flexRequestIspTable');
  assert.is(tableName('DPrognosis'), 'dPrognosisTable');
  assert.is(scalarName('Uuid'), 'uuidScalar');
  assert.is(rowName('D-Prognosis'), 'dPrognosisRow');
});

test('Files are named after the XSD, without UFTP-.', () => {
  assert.is(fileName('UFTP-agr-dso.xsd'), 'agr-dso.ts');
  assert.is(fileName('Own.XSD'), 'own.ts');
});
