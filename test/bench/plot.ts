/**
 * @module The report as two plots: SVG text out. Written by hand, since the libraries that plot bring a DOM and forty
 * packages with them for two pictures of lines and bars.
 */

import type { HttpRow, IspRow } from './report.ts';
import type { BacklogPoint } from './stores.ts';

const width = 900;
const left = 430;
const ink = '#222';
const colours = ['#1b6ca8', '#d1495b', '#66a182', '#8d6a9f'];

/** Bars: the processor time of a request, for each server. */
export function requestsPlot(rows: readonly HttpRow[]): string {
  const step = 26;
  const most = Math.max(...rows.map(({ cpuUs }) => cpuUs));
  const bars = rows.map(({ runtime, name, cpuUs, requestsPerSecond }, i) => {
    const y = 40 + i * step;
    const length = (cpuUs / most) * (width - left - 190);
    const figures = `${Math.round(cpuUs)} µs, ${Math.round(requestsPerSecond)} requests/s`;
    return (
      text(left - 8, y + 13, `${runtime}: ${name}`, 'end') +
      `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="18" fill="${colours[0]}"/>` +
      text(left + length + 6, y + 13, figures)
    );
  });
  return svg(60 + rows.length * step, 'Processor time of a request', bars.join(''));
}

/** Lines, both axes logarithmic: what an ISP costs in messages of one to many. */
export function ispsPlot(rows: readonly IspRow[]): string {
  const height = 420;
  const box = { x: 70, y: 40, width: width - 270, height: height - 90 };
  const lines = [
    ['read (decode, validate)', rows.map(({ readUs }) => readUs)],
    ['encode (validate, write)', rows.map(({ encodeUs }) => encodeUs)],
    ['fast-xml-parser, parse', rows.map(({ fastXmlParserUs }) => fastXmlParserUs)],
    ['libxml2-wasm, parse + XSD', rows.map(({ libxml2Us }) => libxml2Us)],
  ] as const;
  const all = lines.flatMap(([, values]) => values);
  const x = scale(
    rows.map(({ isps }) => isps),
    box.x,
    box.x + box.width,
  );
  const y = scale(all, box.y + box.height, box.y);
  const ends = apart(lines.map(([, values]) => Number(y.of(values.at(-1) ?? 1))));
  const drawn = lines.map(([name, values], i) => {
    const points = values.map((value, at) => `${x.of(rows[at]?.isps ?? 1)},${y.of(value)}`);
    return (
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colours[i]}" stroke-width="2"/>` +
      text(box.x + box.width + 8, (ends[i] ?? 0) + 4, name, 'start', colours[i])
    );
  });
  const axes = [
    ...x.decades.map((one) => text(Number(x.of(one)), box.y + box.height + 18, String(one), 'middle')),
    ...y.decades.map((one) => text(box.x - 8, Number(y.of(one)) + 4, `${one} µs`, 'end')),
    ...y.decades.map((one) => `<path d="M${box.x} ${y.of(one)}h${box.width}" stroke="#ddd"/>`),
    text(box.x + box.width / 2, height - 10, 'ISPs in the FlexOffer', 'middle'),
  ];
  return svg(height, 'Time for each ISP', axes.join('') + drawn.join(''));
}

/** A line: how many messages are delivered a second while a backlog grows less. */
export function backlogPlot(points: readonly BacklogPoint[]): string {
  const height = 320;
  const box = { x: 80, y: 40, width: width - 110, height: height - 90 };
  const most = {
    left: Math.max(...points.map(({ left }) => left)),
    rate: Math.max(...points.map((one) => one.perSecond)),
  };
  const x = (left: number): number => box.x + box.width * (1 - left / most.left);
  const y = (rate: number): number => box.y + box.height * (1 - rate / most.rate);
  const line = points.map(({ left, perSecond }) => `${x(left).toFixed(1)},${y(perSecond).toFixed(1)}`);
  const axes = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    text(x(most.left * part), box.y + box.height + 18, String(Math.round(most.left * part)), 'middle'),
    text(box.x - 8, y(most.rate * part) + 4, `${Math.round(most.rate * part)}/s`, 'end'),
    `<path d="M${box.x} ${y(most.rate * part).toFixed(1)}h${box.width}" stroke="#ddd"/>`,
  ]);
  const drawn = `<polyline points="${line.join(' ')}" fill="none" stroke="${colours[0]}" stroke-width="2"/>`;
  const below = text(box.x + box.width / 2, height - 10, 'messages that are left', 'middle');
  return svg(height, 'Deliveries a second of a backlog', axes.join('') + below + drawn);
}

/** Heights at which names do not cover one another: as given, or below the one above. */
function apart(heights: readonly number[]): readonly number[] {
  const moved = [...heights];
  let above = Number.NEGATIVE_INFINITY;
  for (const { at, height } of heights
    .map((height, at) => ({ at, height }))
    .sort((a, b) => a.height - b.height)) {
    above = Math.max(height, above + 16);
    moved[at] = above;
  }
  return moved;
}

/** A logarithmic scale over whole decades. */
function scale(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    of: (value: number): string =>
      (from + ((Math.log10(value) - low) / (high - low)) * (to - from)).toFixed(1),
    decades: Array.from({ length: high - low + 1 }, (_, i) => Number((10 ** (low + i)).toPrecision(1))),
  };
}

function text(x: number, y: number, content: string, anchor = 'start', colour = ink): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-family="sans-serif" font-size="12" fill="${colour}">${escaped}</text>`;
}

function svg(height: number, title: string, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="#fff"/>${text(16, 24, title)}${content}</svg>\n`;
}
