/** @module What is refused with an HTTP error on either side, what is let through, and what a message sent twice comes to. */

import { agr, dso } from '../../generated/3.1.0/index.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { ServiceEvent } from '../../runtime/ports/observer.ts';
import type { Message, Party } from '../../runtime/roles.ts';
import { assert, suite } from '../support/suite.ts';
import { deliveryOf, eventOf, processedByPython, queuedIn, sendFromPython } from './exchange.ts';
import { acceptAll } from './handlers.ts';
import { Journal } from './journal.ts';
import { type Loopback, openLoopback } from './loopback.ts';
import { lenientToPython, type Ours } from './ours.ts';
import { addressed, draftOf, payloads, protocols } from './payloads.ts';
import type { Peer } from './peer.ts';
import { absent, golden } from './shared.ts';

const test = suite('interop: refusals');
