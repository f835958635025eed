/** @module The two judges of one version: bytes go in, what libxml2 and what the table walk say comes out. */

import { fileURLToPath } from 'node:url';
import { openDocument, walkDocument } from '../../runtime/codec/decode.ts';
import { readMessage } from '../../runtime/codec/message.ts';
import type { Issue } from '../../runtime/errors.ts';
import type { Protocol } from '../../runtime/roles.ts';
import { envelopeRoot } from '../../runtime/seal/envelope.ts';
import { type Folder, protocols } from '../codec/samples.ts';
import { type Oracle, schemaFor } from '../support/libxml2.ts';
import { gate } from './gate.ts';

/** What the two say of one document. */
export interface Verdicts {
  /** Ours; empty where it is valid. */
  readonly issues: readonly Issue[];
  /** Those of libxml2, or of the gate before it; empty where it is valid. */
  readonly errors: readonly string[];
}

/** True where one of the two takes a document that the other refuses. */
export function isSplit({ issues, errors }: Verdicts): boolean {
  return (issues.length === 0) !== (errors.length === 0);
}

/** Judges documents by one version. */
export class Judge {
  private readonly protocol: Protocol;
  private readonly schema: Oracle;

  /** @param tables of another version, to see that what differs is found */
  constructor(folder: Folder, tables: Folder = folder) {
    this.protocol = protocols[tables];
    this.schema = schemaFor(fileURLToPath(new URL(`../../schemas/${folder}`, import.meta.url)));
  }

  /** What both say. */
  judge(bytes: Uint8Array): Verdicts {
    const outside = gate(bytes);
    return {
      issues: this.ours(bytes),
      errors: outside === undefined ? this.schema.validate(bytes) : [outside],
    };
  }

  /** The official verdict of the tables: a payload, or an envelope where the root is one. */
  private ours(bytes: Uint8Array): readonly Issue[] {
    const read = readMessage(bytes, [this.protocol], { official: true });
    if (read.message !== undefined || read.root !== envelopeRoot) return read.issues;
    const { reader, root } = openDocument(bytes);
    return walkDocument(reader, root, this.protocol.envelope, { official: true }).issues;
  }
}
