/** @module A POST over node:http or node:https: a request and the connections to use come in, the answer comes out. */

import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../ports/clock.ts';
import { answerBytesMax, type Transport } from '../ports/transport.ts';
import type { Connections } from './connections-node.ts';

/** How long a connection may take until it can be written to: name, TCP, TLS. */
const connectMsMax = 10_000;
/** How long the rest of an answer is waited for: then its connection is closed, not kept. */
const restMsMax = 1_000;
/** The status whose text may say that the message is there already: without all of it nothing is known. */
const tellingStatus = 400;

/** The transport over connections that somebody else makes. */
export function transportOver(agentOf: Connections, clock: Clock): Transport {
  return async (request) => {
    const { url, headers, body, signal } = request;
    let outgoing: ClientRequest;
    try {
      if (signal.aborted) throw reasonOf(signal);
      const send = url.protocol === 'https:' ? secureRequest : plainRequest;
      outgoing = send(url, { method: 'POST', headers, agent: agentOf(request) });
    } catch (error) {
      throw fault(error, true);
    }
    const response = await exchange(outgoing, body, signal, clock);
    const { statusCode: status = 0, headers: answered } = response;
    const text = status < 400 ? await nothingOf(response, clock) : await textOf(response, status, clock);
    return { status, header: (name) => answered[name.toLowerCase()]?.toString(), text };
  };
}

/** Writes the message. @returns the answer, as soon as its head is there; the signal ends the rest as well */
function exchange(
  outgoing: ClientRequest,
  body: Uint8Array,
  signal: AbortSignal,
  clock: Clock,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    /** True until the first byte can be written: before that no part of the message is anywhere. */
    let unsent = true;
    const fail = (error: Error): void => {
      callOff();
      reject(fault(error, unsent));
    };
    const giveUp = (error: Error): void => {
      outgoing.destroy(error);
      fail(error); // a request that still waits for a connection says nothing itself
    };
    const callOff = clock.after(connectMsMax, () =>
      giveUp(new Error(`no connection within ${connectMsMax} ms`)),
    );
    const abort = (): void => giveUp(reasonOf(signal));
    signal.addEventListener('abort', abort);
    outgoing.once('close', () => {
      signal.removeEventListener('abort', abort);
      fail(new Error('the connection was closed without an answer')); // as after 101; no news where there was one
    });
    outgoing.once('socket', (socket) =>
      whenConnected(socket, () => {
        unsent = false;
        callOff();
      }),
    );
    outgoing.once('response', resolve);
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** Connections that have been used, or could have been. */
const connected = new WeakSet<Socket>();

/** Calls back once what is written to the socket goes out: after the handshake, where there is one. */
function whenConnected(socket: Socket, run: () => void): void {
  if (connected.has(socket)) {
    run();
    return;
  }
  socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
    connected.add(socket);
    run();
  });
}

/** The beginning of the body; what is longer, breaks off or does not come soon costs the connection, but not the status. */
function textOf(response: IncomingMessage, status: number, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = '';
    let left = answerBytesMax;
    const isTelling = status === tellingStatus;
    const callOff = isTelling ? () => {} : clock.after(restMsMax, () => response.destroy());
    response.on('data', (part: Buffer) => {
      text += decoder.decode(part.subarray(0, left), { stream: true });
      left = Math.max(0, left - part.length);
      if (left === 0) response.destroy();
    });
    response.on('error', (error) => {
      if (isTelling) reject(error);
    });
    response.once('close', () => {
      callOff();
      resolve(text); // which says nothing where it was rejected
    });
  });
}

/** Reads on for the sake of the connection, and gives that up where it takes too much or too long. */
function nothingOf(response: IncomingMessage, clock: Clock): Promise<''> {
  return new Promise((resolve) => {
    let left = answerBytesMax;
    const callOff = clock.after(restMsMax, () => response.destroy());
    response.on('data', (part: Buffer) => {
      left -= part.length;
      if (left < 0) response.destroy();
    });
    response.on('error', () => {}); // the status has said all
    response.once('close', () => {
      callOff();
      resolve('');
    });
  });
}

/** An error of this attempt's own: others may have been stopped by the same signal. */
function reasonOf({ reason }: AbortSignal): Error {
  return new Error('given up', { cause: reason });
}

/** What went wrong, and whether that was before anything was sent. Of several addresses each has an error of its own. */
function fault(cause: unknown, unsent: boolean): unknown {
  const all: readonly Error[] = cause instanceof AggregateError ? cause.errors : [];
  const error = all.length > 0 ? new AggregateError(all, all.map((one) => one.message).join('; ')) : cause;
  return unsent ? Object.assign(error as Error, { unsent }) : error;
}
