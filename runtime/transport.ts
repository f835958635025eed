/** @module The transport of every runtime that has `fetch`. */

import type { Transport } from './ports/transport.ts';

/** A partner's answer is read so far and no further. */
const textBytesMax = 64 * 1024;

/** POSTs with `fetch`; redirects are handed back, since following one would turn the POST into a GET. */
export const fetchTransport: Transport = async ({ url, headers, body, signal }) => {
  const { 'content-length': _, ...rest } = headers; // fetch sets it, and some runtimes refuse it
  const response = await fetch(url, {
    method: 'POST',
    headers: rest,
    body: body as Uint8Array<ArrayBuffer>,
    redirect: 'manual',
    signal,
  });
  // A body that nobody reads would hold the connection.
  if (response.status < 400) await response.body?.cancel();
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    text: response.status < 400 ? '' : await readText(response),
  };
};

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (let left = textBytesMax; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader.cancel();
  return text;
}
