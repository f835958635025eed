/** @module What the options of a service would settle of a message that it sends: options of `uftp send` go in, checked terms come out. */

import { replyMsUsual } from '../../flow/reply-times.ts';
import type { MessageRow, Protocol, SendOptions } from '../../roles.ts';
import { UsageError } from '../command.ts';
import { protocolOf } from '../versions.ts';
import { timeOf } from './filter.ts';

/** The options, as `readArguments` takes them. */
export const termsOptions = {
  'not-after': { type: 'string' },
  'reply-within': { type: 'string' },
  version: { type: 'string' },
} as const;

/** What stands in the help. */
export const termsHelp = `  --not-after T   do not deliver it after this: 2026-11-26T10:00:00Z, or how long from now: 90m, 24h (default: what the
                  message itself says; a FlexOrder also until the start of its first ISP)
  --reply-within T  how long its response may take, in seconds, before the service's onExpired is called (default 3600; 0: it
                  is not called, as befits a service that has none)
  --version V     write it in this version, such as 3.0.0, converted without loss or not at all (default: FILE's)`;

/** The values that were given. */
export type TermsValues = { readonly [Name in keyof typeof termsOptions]?: string };

/** What is settled. */
export interface Terms {
  /** Its `notAfter` stands in place of what the message itself says. */
  readonly options: SendOptions;
  /** By the name of the request, as the option of a service; undefined: nobody is told that a response is late. */
  readonly replyWithinMs: Readonly<Record<string, number>> | undefined;
  /** The version to write in. */
  readonly wire: Protocol;
}

/** The terms that the options say. @throws {UsageError} */
export function termsOf(values: TermsValues, row: MessageRow, protocol: Protocol, now: number): Terms {
  const until = values['not-after'];
  const notAfter = until === undefined ? undefined : timeOf('--not-after', until, now, 'from now');
  if (notAfter !== undefined && notAfter <= now) throw new UsageError(`--not-after: ${until} has passed`);
  return {
    options: notAfter === undefined ? {} : { notAfter: new Date(notAfter) },
    replyWithinMs: replyTime(values['reply-within'], row),
    wire: values.version === undefined ? protocol : protocolOf(values.version),
  };
}

function replyTime(text: string | undefined, { key, name, response }: MessageRow): Terms['replyWithinMs'] {
  if (text !== undefined && response === undefined)
    throw new UsageError(`--reply-within: a ${name} has no response`);
  if (response === undefined) return {};
  const ms = text === undefined ? replyMsUsual : secondsOf('--reply-within', text) * 1000;
  return ms === 0 ? undefined : { [key]: ms };
}

/** A whole number of seconds. @throws {UsageError} */
export function secondsOf(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${option}: expected a number of seconds, not ${text}`);
  return Number(text);
}
