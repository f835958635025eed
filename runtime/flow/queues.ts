/**
 * @module What works on the queues of the store, and what answers and waits outside of handlers. It is loaded on demand: to
 * take a message in and to answer it none of it is needed, and on the edge what is not loaded is not parsed at each start.
 */

export { awaitReply } from './await-reply.ts';
export { drain } from './drain.ts';
export { gatesOf } from './gates.ts';
export { respond } from './respond.ts';
export { startWorker, type Worker } from './worker.ts';
