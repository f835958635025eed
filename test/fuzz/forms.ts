/** @module Lexical forms of the kinds of values, as data: such that XML Schema takes, such that it does not, and such that are in doubt. */

import type { Kind } from '../../codegen/builtins.ts';

/** Forms of a kind, whatever facets a type of that kind has. */
interface Forms {
  /** XML Schema takes them. */
  readonly at: readonly string[];
  /** It does not. */
  readonly over: readonly string[];
  /** It may, may not, or is not read alike by everybody. */
  readonly odd?: readonly string[];
}

const days = {
  at: ['2026-10-25', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31', '12345-06-07', '-0044-03-15'],
  // biome-ignore format: many to a line
  over: [
    '2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-01-00', '26-01-01',
    '2026-1-1', '02026-01-01', '+2026-01-01', '20260101', '--01-01', '2026-01', '',
  ],
};
const zones = {
  at: ['', 'Z', '+00:00', '-00:00', '+14:00', '-14:00', '-13:59', '+01:30'],
  over: ['z', '+14:01', '-15:00', '+1:00', '+0100', '+01', '+01:60', 'ZZ', '+'],
};
/** Times of day. */
export const times: Forms = {
  at: ['00:00:00', '23:59:59', '24:00:00', '12:30:15.5', '00:00:00.000000000001', '24:00:00.000'],
  // biome-ignore format: many to a line
  over: [
    '24:00:01', '24:00:00.1', '25:00:00', '12:60:00', '12:00:60', '12:00', '1:00:00', '12:00:00.',
    '12:00:0', '12:00:00,5',
  ],
};
/** All texts that begin with one of the first list, go on with one of the second, and so on. */
export const product = (...lists: readonly (readonly string[])[]): string[] =>
  lists.reduce<string[]>((all, list) => all.flatMap((head) => list.map((tail) => head + tail)), ['']);

const dateTimes = {
  at: product(days.at, ['T'], times.at, zones.at),
  over: [
    ...product(days.over, ['T'], ['12:00:00'], ['', 'Z']),
    ...product(['2026-10-25'], ['T', 't', ' ', ''], times.over, ['', 'Z']),
    ...product(['2026-10-25T12:00:00'], zones.over),
  ],
};
/** Years that a calendar of 64 bits, or none before year 1, may not know. */
// biome-ignore format: many to a line
const years = [
  '0000-01-01', '-0000-01-01', '-0001-02-29', '-0004-02-29', '292277026596-12-04',
  '9223372036854775808-01-01', '-99999999999-01-01',
];

/** The forms of every kind. */
export const forms: Readonly<Record<Kind, Forms>> = {
  string: {
    // biome-ignore format: many to a line
    at: [
      '', 'a', ' a  b ', 'é', '€', '😀', '\u{10FFFD}', '\ud7ff', '\ue000', '\ufffd', '\u0085', '\u2028',
      '&<>"\'', ']]>', '&amp;', '0'.repeat(300),
    ],
    over: ['\u0000', '\u0001', '\u001f', '\ufffe', '\uffff'],
  },
  boolean: {
    at: ['true', 'false', '1', '0'],
    over: ['', 'TRUE', 'True', 'yes', '2', '-1', '01', '00', '1.0', 'truefalse', 't'],
  },
  decimal: {
    // biome-ignore format: many to a line
    at: [
      '0', '-0', '1', '-1.5', '+1.5', '.5', '5.', '-.5', '007.700', '12345678901234567890.1234567890123',
      '0.0000000001',
    ],
    over: ['', '.', '+', '-', '+-1', '1e3', '1E3', 'NaN', 'INF', '-INF', '1,5', '1.2.3', '0x10', '1 0', '١'],
    odd: ['1'.repeat(24), '1'.repeat(25), `0.${'1'.repeat(30)}`, '9'.repeat(60)],
  },
  integer: {
    at: ['1', '+1', '007', '2147483648', '9007199254740991', '00000000000000000000000001'],
    over: ['', '1.0', '1.', '.5', '1e3', 'NaN', '+', '-', '--1', '+-1', '0x10', '1 0', '１', '1_000'],
    // biome-ignore format: many to a line
    odd: [
      '0', '-0', '+0', '-1', '-9007199254740991', '9007199254740992', '-9007199254740992',
      '9007199254740993', '123456789012345678901234', '1234567890123456789012345', '9'.repeat(60),
      `-${'9'.repeat(30)}`,
    ],
  },
  long: {
    at: ['0', '-0', '+1', '-1', '007', '20261024093015123', '9007199254740993'],
    over: ['', '1.0', '1e3', '+', '--1', '0x10', '1 0'],
    odd: [`${'0'.repeat(24)}1`, `${'0'.repeat(40)}1`, '9'.repeat(24), '9'.repeat(30)],
  },
  date: {
    at: product(days.at, zones.at),
    over: [...product(days.over, ['', 'Z']), ...product(['2026-10-25'], zones.over), '2026-10-25T00:00:00'],
    odd: years,
  },
  dateTime: { ...dateTimes, odd: product(years, ['T00:00:00Z']) },
  time: { at: product(times.at, zones.at), over: [...times.over, ...product(['12:00:00'], zones.over), ''] },
  duration: {
    // biome-ignore format: many to a line
    at: [
      'PT15M', 'PT0S', 'P1Y2M3DT4H5M6.7S', '-P1D', 'P0Y', 'PT1H', 'PT60M', 'P1M', 'PT0.5S', 'P400D',
      'PT001M',
    ],
    // biome-ignore format: many to a line
    over: [
      '', 'P', 'PT', '-P', '-PT', 'P1S', 'PT15', '15M', 'P-1D', 'P1DT', 'PT1.5M', 'P1D1Y', 'PT1M1H',
      'pt15m', '+PT15M', 'P1H', 'P1W', 'P1YT',
    ],
    // biome-ignore format: many to a line
    odd: [
      'PT1.S', 'PT.5S', 'P1.5D', 'P99999999999Y', 'PT9999999999999999999S', 'PT99999999999999999999999M',
      'PT0.12345678901234567890S', 'P2147483648M',
    ],
  },
  base64Binary: {
    at: ['', 'AA==', 'AAA=', 'AAAA', 'AQID', 'AAAAAAAA', 'ab+/'],
    over: ['A', 'AA', 'AAA', 'AAAAA', '=', '====', 'A===', 'AB==', 'AAB=', 'AA=A'],
    // biome-ignore format: many to a line
    odd: [
      'AA AA', 'A A A A', 'AA= =', ' AAAA ', 'AAAA\n', '!!!!', 'AA!A', 'AA-_', 'AAAA=', 'AA==AA==',
      'AA==AAAA', 'AAAé',
    ],
  },
  hexBinary: { at: ['', '00', 'aF09'], over: ['0', 'g0', '0x00', '00 00'] },
};
