/** @module Events on the console: for a service that was given no observer, which loads this on demand. */

import type { Observer } from './observer.ts';

/** The observer of a service that was given none: what an operator should know goes to the console. */
export const consoleObserver: Observer = (event) => {
  switch (event.event) {
    case 'warning':
      console.warn(`uftp: ${event.text}`, ...(event.cause === undefined ? [] : [event.cause]));
      return;
    case 'handler-failed':
      console.error(
        `uftp: the handler of ${event.type} ${event.messageId} failed${event.dead ? ' for the last time' : ''}`,
        event.cause,
      );
      return;
    case 'undeliverable':
      console.error(
        `uftp: ${event.type} ${event.messageId} to ${event.recipient.role} ${event.recipient.domain} is undeliverable: ${event.attempt.text}`,
      );
      return;
    case 'expired':
      console.warn(`uftp: no response to ${event.type} ${event.messageId} has come in time`);
      return;
    case 'suspended':
    case 'resumed':
      console.warn(`uftp: ${event.endpoint} is ${event.event} (${event.text})`);
      return;
    case 'overdue':
      console.warn(`uftp: ${event.type} ${event.messageId} has not been answered in time`);
      return;
    case 'let-through':
      for (const { path, text } of event.warnings)
        console.warn(`uftp: ${event.sender.role} ${event.sender.domain}: ${path}: ${text}`);
      return;
    case 'refused':
      if (event.status >= 500) console.error(`uftp: answered ${event.status} (${event.code})`, event.cause);
      return;
    default:
  }
};
