/** @module The report as tables of text, for a terminal. */

import type { Report } from './report.ts';

/** All tables. */
export function tables({ http, stages, signatures, isps }: Report): string {
  return [
    table(
      'HTTP, 32 connections, FlexOffers with 96 ISPs',
      ['', '', 'requests/s', 'CPU µs/request', 'to baseline', 'Python to this'],
      http.map((row) => [
        ...[row.runtime, row.name, whole(row.requestsPerSecond), whole(row.cpuUs), ratio(row.toBaseline)],
        row.peerRatio === undefined ? '' : row.peerRatio.toFixed(1),
      ]),
    ),
    table(
      'Within one process, µs of processor time',
      [
        '',
        '',
        'bytes',
        'envelope',
        'verify',
        'to native',
        'read',
        'encode',
        'sign',
        'fast-xml-parser',
        'libxml2 + XSD',
      ],
      stages.map((row) => [
        ...[row.runtime, row.message, String(row.bytes), short(row.envelopeUs), short(row.verifyUs)],
        ...[ratio(row.verifyRatio), short(row.readUs), short(row.encodeUs), short(row.signUs)],
        ...[short(row.fastXmlParserUs), short(row.libxml2Us)],
      ]),
    ),
    table(
      'Signatures of a FlexOffer with 96 ISPs, µs of processor time',
      ['', '', 'verify', 'verify, 64 under way', 'by the clock', 'sign'],
      signatures.map((row) => [
        ...[
          row.runtime,
          row.backend,
          short(row.verifyUs),
          short(row.verifyAt64Us),
          short(row.verifyAt64ClockUs),
        ],
        short(row.signUs),
      ]),
    ),
    table(
      'A FlexOffer, µs of processor time for each of its ISPs',
      ['ISPs', 'bytes', 'read', 'encode', 'fast-xml-parser', 'libxml2 + XSD'],
      isps.map((row) => [
        ...[String(row.isps), String(row.bytes), row.readUs.toFixed(3), row.encodeUs.toFixed(3)],
        ...[row.fastXmlParserUs.toFixed(3), row.libxml2Us.toFixed(3)],
      ]),
    ),
  ].join('\n');
}

/** Columns as wide as they need be; what is a number stands on the right. */
function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const isNumber = head.map((_, i) => rows.every((row) => /^[\d.,]+$/.test(row[i] ?? '')));
  const lines = all.map((row) =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return `${title}\n${lines.join('\n')}\n`;
}

function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function short(value: number): string {
  return value.toFixed(1);
}

function ratio(value: number): string {
  return value.toFixed(2);
}
