import { type IspCalendar, ispCalendar } from '../../runtime/market/calendar.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('market: ISP calendar');

const amsterdam = 'Europe/Amsterdam';

function edges(day: IspCalendar): readonly [first: string, last: string] {
  return [day.start(1).toISOString(), day.end(day.count).toISOString()];
}

test('a day has as many ISPs as it has time, from its midnight to the next (rules 58, 78)', () => {
  const cases: readonly [
    period: string,
    zone: string,
    duration: string,
    count: number,
    first: string,
    end: string,
  ][] = [
    // Europe/Amsterdam: the night to 28 March 2027 lacks an hour, that of 31 October 2027 has one twice.
    ['2027-03-27', amsterdam, 'PT15M', 96, '2027-03-26T23:00:00.000Z', '2027-03-27T23:00:00.000Z'],
    ['2027-03-28', amsterdam, 'PT15M', 92, '2027-03-27T23:00:00.000Z', '2027-03-28T22:00:00.000Z'],
    ['2027-03-29', amsterdam, 'PT15M', 96, '2027-03-28T22:00:00.000Z', '2027-03-29T22:00:00.000Z'],
    ['2027-10-31', amsterdam, 'PT15M', 100, '2027-10-30T22:00:00.000Z', '2027-10-31T23:00:00.000Z'],
    ['2027-11-01', amsterdam, 'PT15M', 96, '2027-10-31T23:00:00.000Z', '2027-11-01T23:00:00.000Z'],
    ['2027-03-28', amsterdam, 'PT5M', 276, '2027-03-27T23:00:00.000Z', '2027-03-28T22:00:00.000Z'],
    ['2027-03-28', amsterdam, 'PT30M', 46, '2027-03-27T23:00:00.000Z', '2027-03-28T22:00:00.000Z'],
    ['2027-03-28', amsterdam, 'PT60M', 23, '2027-03-27T23:00:00.000Z', '2027-03-28T22:00:00.000Z'],
    ['2027-10-31', amsterdam, 'PT1H', 25, '2027-10-30T22:00:00.000Z', '2027-10-31T23:00:00.000Z'],
    ['2027-12-31', amsterdam, 'PT15M', 96, '2027-12-30T23:00:00.000Z', '2027-12-31T23:00:00.000Z'],
    ['2028-02-29', amsterdam, 'PT15M', 96, '2028-02-28T23:00:00.000Z', '2028-02-29T23:00:00.000Z'],
    ['2027-01-01', 'UTC', 'PT15M', 96, '2027-01-01T00:00:00.000Z', '2027-01-02T00:00:00.000Z'],
    // Offsets of half and of quarter hours.
    ['2027-06-01', 'Asia/Kolkata', 'PT15M', 96, '2027-05-31T18:30:00.000Z', '2027-06-01T18:30:00.000Z'],
    ['2027-06-01', 'Asia/Kathmandu', 'PT15M', 96, '2027-05-31T18:15:00.000Z', '2027-06-01T18:15:00.000Z'],
    ['2027-06-01', 'Australia/Adelaide', 'PT30M', 48, '2027-05-31T14:30:00.000Z', '2027-06-01T14:30:00.000Z'],
    // Lord Howe moves its clocks by half an hour.
    [
      '2026-10-04',
      'Australia/Lord_Howe',
      'PT15M',
      94,
      '2026-10-03T13:30:00.000Z',
      '2026-10-04T13:00:00.000Z',
    ],
    [
      '2026-04-05',
      'Australia/Lord_Howe',
      'PT15M',
      98,
      '2026-04-04T13:00:00.000Z',
      '2026-04-05T13:30:00.000Z',
    ],
    // São Paulo skipped midnight: the day began at 01:00.
    ['2018-11-03', 'America/Sao_Paulo', 'PT15M', 96, '2018-11-03T03:00:00.000Z', '2018-11-04T03:00:00.000Z'],
    ['2018-11-04', 'America/Sao_Paulo', 'PT15M', 92, '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
    // It had 23:00 to midnight twice.
    ['2018-02-17', 'America/Sao_Paulo', 'PT15M', 100, '2018-02-17T02:00:00.000Z', '2018-02-18T03:00:00.000Z'],
    ['2018-02-18', 'America/Sao_Paulo', 'PT15M', 96, '2018-02-18T03:00:00.000Z', '2018-02-19T03:00:00.000Z'],
    // Where midnight comes twice, the day begins with the first.
    ['2026-10-25', 'Atlantic/Azores', 'PT15M', 100, '2026-10-25T00:00:00.000Z', '2026-10-26T01:00:00.000Z'],
    ['2026-11-01', 'America/Havana', 'PT15M', 100, '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    // The ends of the world, and a country that skipped a day.
    ['2027-06-01', 'Pacific/Kiritimati', 'PT15M', 96, '2027-05-31T10:00:00.000Z', '2027-06-01T10:00:00.000Z'],
    ['2027-06-01', 'Pacific/Pago_Pago', 'PT15M', 96, '2027-06-01T11:00:00.000Z', '2027-06-02T11:00:00.000Z'],
    ['2027-01-15', 'Pacific/Chatham', 'PT15M', 96, '2027-01-14T10:15:00.000Z', '2027-01-15T10:15:00.000Z'],
    ['2011-12-29', 'Pacific/Apia', 'PT15M', 96, '2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    ['2011-12-31', 'Pacific/Apia', 'PT15M', 96, '2011-12-30T10:00:00.000Z', '2011-12-31T10:00:00.000Z'],
  ];
  for (const [period, zone, duration, count, first, end] of cases) {
    const day = ispCalendar(period, zone, duration);
    assert.is(day.count, count, `${period} ${zone}`);
    assert.equal(edges(day), [first, end], `${period} ${zone}`);
  }
});

test('the days of a year follow each other without a gap', () => {
  for (const zone of [
    amsterdam,
    'America/Sao_Paulo',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Tehran',
  ]) {
    let end = '';
    for (let at = Date.UTC(2017, 11, 31); at < Date.UTC(2019, 0, 2); at += 86_400_000) {
      const day = ispCalendar(new Date(at).toISOString().slice(0, 10), zone, 'PT30M');
      if (end !== '') assert.is(day.start(1).toISOString(), end);
      end = day.end(day.count).toISOString();
    }
  }
});

test('ISPs are numbered through the hour that comes twice, and over the one that is skipped', () => {
  const long = ispCalendar('2026-10-25', amsterdam, 'PT15M');
  assert.is(long.start(9).toISOString(), '2026-10-25T00:00:00.000Z'); // 02:00 in summer time
  assert.is(long.start(13).toISOString(), '2026-10-25T01:00:00.000Z'); // 02:00 in winter time
  assert.is(long.start(17).toISOString(), '2026-10-25T02:00:00.000Z'); // 03:00
  const short = ispCalendar('2026-03-29', amsterdam, 'PT15M');
  assert.is(short.start(8).toISOString(), '2026-03-29T00:45:00.000Z'); // 01:45
  assert.is(short.start(9).toISOString(), '2026-03-29T01:00:00.000Z'); // 03:00
  for (const day of [long, short]) {
    for (let isp = 1; isp < day.count; isp++) assert.equal(day.end(isp), day.start(isp + 1));
  }
});

test('a moment is in one ISP of its day, from its start to before its end', () => {
  const day = ispCalendar('2026-10-25', amsterdam, 'PT15M');
  for (let isp = 1; isp <= day.count; isp++) {
    assert.is(day.at(day.start(isp)), isp);
    assert.is(day.at(new Date(day.end(isp).getTime() - 1)), isp);
  }
  assert.is(day.at(new Date(day.start(1).getTime() - 1)), undefined);
  assert.is(day.at(day.end(100)), undefined);
  assert.is(day.at(new Date(Number.NaN)), undefined);
});

test('an ISP that the day does not have is a RangeError', () => {
  const day = ispCalendar('2026-03-29', amsterdam, 'PT15M');
  for (const isp of [0, -1, 93, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const edge of [day.start, day.end])
      assert.throws(
        () => edge(isp),
        (error: unknown) => error instanceof RangeError && /has ISPs 1 to 92/.test(error.message),
      );
  }
});

test('days, zones and durations that are none are RangeErrors', () => {
  const cases: readonly [period: string, zone: string, duration: string, text: RegExp][] = [
    ['2026-02-30', amsterdam, 'PT15M', /a period is a day such as 2026-10-25, not 2026-02-30/],
    ['2026-02-29', amsterdam, 'PT15M', /not 2026-02-29/],
    ['2026-13-01', amsterdam, 'PT15M', /not 2026-13-01/],
    ['2026-00-10', amsterdam, 'PT15M', /a period/],
    ['26-01-01', amsterdam, 'PT15M', /a period/],
    ['2026-01-01T00:00:00Z', amsterdam, 'PT15M', /a period/],
    ['2026-01-01+01:00', amsterdam, 'PT15M', /a period/],
    ['', amsterdam, 'PT15M', /a period/],
    ['2026-01-01', 'Europe/Atlantis', 'PT15M', /Europe\/Atlantis/],
    ['2026-01-01', '', 'PT15M', /zone/i],
    ['2011-12-30', 'Pacific/Apia', 'PT15M', /there was no 2011-12-30 in Pacific\/Apia/],
    ['2026-01-01', amsterdam, 'PT0M', /an ISP duration/],
    [
      '2026-01-01',
      amsterdam,
      'PT7M',
      /an ISP duration is whole minutes that divide a day, such as PT15M, not PT7M/,
    ],
    ['2026-01-01', amsterdam, 'PT900S', /an ISP duration/],
    ['2026-01-01', amsterdam, 'P1D', /an ISP duration/],
    ['2026-01-01', amsterdam, 'PT', /an ISP duration/],
    ['2026-01-01', amsterdam, '15', /an ISP duration/],
    ['2026-01-01', amsterdam, 'PT25H', /an ISP duration/],
    ['2026-03-29', amsterdam, 'PT2H', /PT2H does not divide 2026-03-29 in Europe\/Amsterdam/],
    ['2026-10-04', 'Australia/Lord_Howe', 'PT1H', /PT1H does not divide/],
  ];
  for (const [period, zone, duration, text] of cases) {
    assert.throws(
      () => ispCalendar(period, zone, duration),
      (error: unknown) => error instanceof RangeError && text.test(error.message),
      `${period} ${zone} ${duration}`,
    );
  }
});
