/** @module What a FlexOffer costs for each of its ISPs, from one ISP to as many as anybody asks for. */

import { protocol } from '../../generated/3.1.0/index.ts';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import { inRounds, median, repeated } from './figures.ts';
import { flexOffer } from './messages.ts';
import { openLibxml2, parseByFastXmlParser } from './others.ts';
import type { IspRow } from './report.ts';

/** Those of the library are lower: 100,000 ISPs have 4.9 MB. */
const limits = { bytesMax: 1 << 30, elementsMax: 1 << 30 };

/** Measures each number of ISPs. */
export async function measureIsps(options: {
  readonly rounds: number;
  readonly sampleMs: number;
  readonly isps: readonly number[];
}): Promise<readonly IspRow[]> {
  const validate = openLibxml2();
  const cases = new Map<string, () => number>();
  const bytes = new Map<number, number>();
  for (const isps of options.isps) {
    const message = flexOffer(isps);
    const payload = encode(message, protocol);
    bytes.set(isps, payload.length);
    const add = (what: string, run: () => unknown): void => {
      cases.set(`${isps} ${what}`, repeated(run, options.sampleMs));
    };
    add('read', () => {
      if (readMessage(payload, [protocol], { limits }).message === undefined)
        throw new Error(`an offer of ${isps} ISPs cannot be read`);
    });
    add('encode', () => encode(message, protocol));
    add('fastXmlParser', () => parseByFastXmlParser(payload));
    add('libxml2', () => validate(payload));
  }
  const samples = await inRounds(cases, options.rounds);
  return [...bytes].map(([isps, size]) => {
    const of = (what: string): number => median(samples.get(`${isps} ${what}`) ?? []) / isps;
    return {
      isps,
      bytes: size,
      readUs: of('read'),
      encodeUs: of('encode'),
      fastXmlParserUs: of('fastXmlParser'),
      libxml2Us: of('libxml2'),
    };
  });
}
