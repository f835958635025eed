/** @module The transport of every runtime that has `fetch`. */

import { answerBytesMax, type Transport } from '../ports/transport.ts';

/** What fails before the first byte of a message: there is no name, no connection, no certificate, no TLS. */
const unsentCode =
  /^E(?:CONNREFUSED|NOTFOUND|AI_AGAIN)$|^UND_ERR_CONNECT_TIMEOUT$|^ConnectionRefused$|^FailedToOpenSocket$|(?:^|_)CERT(?:_|$)|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$|^ERR_SSL_.*(?:HANDSHAKE_FAILURE|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|PROTOCOL_VERSION)$/;

/**
 * POSTs with `fetch`; redirects are handed back, since following one would turn the POST into a GET.
 *
 * @throws what `fetch` throws, with `unsent` where its code says that nothing has gone out
 */
export const fetchTransport: Transport = async ({ url, headers, body, signal }) => {
  const { 'content-length': _, ...rest } = headers; // fetch sets it, and some runtimes refuse it
  const response = await fetch(url, {
    method: 'POST',
    headers: rest,
    body: body as Uint8Array<ArrayBuffer>,
    redirect: 'manual',
    signal,
  }).catch((error) => {
    throw isUnsent(error) ? Object.assign(error, { unsent: true }) : error;
  });
  // A body that nobody reads would hold the connection.
  if (response.status < 400) await response.body?.cancel();
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    text: response.status < 400 ? '' : await readText(response),
  };
};

/** Node tells it in the `cause` by code or call, Bun by the code of the error, Deno in the words of hyper. */
function isUnsent(error: Error & { code?: unknown }): boolean {
  const { code, message, syscall } = (error.cause ?? error) as Error & { code?: unknown; syscall?: unknown };
  if (syscall === 'connect' || unsentCode.test(String(code))) return true;
  return error.code === 'EPROTO' || String(message).includes('client error (Connect)');
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (let left = answerBytesMax; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader.cancel();
  return text;
}
