/** @module Who a verified message is for, and the reasons to reject it that need no knowledge of energy (rules 45 to 70). */

import type { DecodedMessage } from '../codec/message.ts';
import { newestFirst } from '../codec/version.ts';
import type { Party } from '../roles.ts';
import { timeOf } from './compose.ts';
import type { Engine, Participant } from './engine.ts';
import { answersByItself } from './records.ts';

/** The participant that takes a message, and the reasons to reject it. */
export interface Admission {
  readonly participant: Participant;
  /** Empty where the message may be decided on. */
  readonly reasons: readonly string[];
}

/**
 * Finds the recipient: RecipientDomain, and a role that may receive the type. Where several remain (TestMessage), the one
 * on whose path the message came, else the first listed. A message for nobody here is taken, and rejected, by the first
 * participant that would have the role.
 */
export function admit(
  engine: Engine,
  sender: Party,
  decoded: DecodedMessage,
  route: Participant | undefined,
): Admission {
  const { message, row } = decoded;
  const here = engine.participants.filter((one) => one.party.domain === message.recipientDomain);
  const able = here.filter((one) => row.to.includes(one.party.role));
  const participant =
    able.find((one) => one === route) ??
    able[0] ??
    here.find((one) => one === route) ??
    here[0] ??
    route ??
    engine.participants.find((one) => row.to.includes(one.party.role)) ??
    (engine.participants[0] as Participant);
  const reasons = [
    message.senderDomain === sender.domain ? '' : 'Mismatch SenderDomain', // rule 45
    row.from.includes(sender.role) ? '' : 'Invalid SenderRole', // rules 46, 62
    participant.partner(sender).barred === true ? 'Barred Sender' : '', // rule 68
    here.length > 0 ? '' : 'Unknown RecipientDomain', // rule 66
    versionReason(participant, decoded), // rule 12
    here.length === 0 || (able.includes(participant) && isHandled(participant, row.key, row.name))
      ? ''
      : 'Invalid Message', // rule 65
    timeStampReason(engine, message.timeStamp),
  ];
  return { participant, reasons: reasons.filter((reason) => reason !== '') };
}

function versionReason(participant: Participant, decoded: DecodedMessage): string {
  if (decoded.supported && participant.versions.includes(decoded.protocol)) return '';
  const supported = newestFirst(participant.versions).map((one) => one.version);
  return `Invalid Version; supported: ${supported.join(', ')}`;
}

/** A handler is there, or none is needed: TestMessage is answered by itself (rule 130), and its response ends there. */
function isHandled(participant: Participant, key: string, name: string): boolean {
  if (
    participant.handler(`process${key}`) !== undefined ||
    participant.handler(`preProcess${key}`) !== undefined
  )
    return true;
  const row = participant.protocol.messages.get(name);
  return (
    row !== undefined &&
    (name === 'TestMessage' ? answersByItself(participant, row) : row.request !== undefined)
  );
}

/** A replay long after retention has forgotten the message, or a clock that is wrong. */
function timeStampReason(engine: Engine, timeStamp: string): string {
  const age = engine.clock.now() - timeOf(timeStamp);
  const { timeStampAgeMsMax, timeStampAheadMsMax } = engine.timing;
  // A year of five digits is valid, and no number of milliseconds that this runtime knows.
  const inBounds = age <= timeStampAgeMsMax && -age <= timeStampAheadMsMax;
  return inBounds ? '' : 'TimeStamp out of bounds';
}
