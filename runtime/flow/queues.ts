/**
 * @module What works on the queues of the store, and what sends and answers outside of handlers. It is loaded on demand: to take
 * a message in and to answer it none of it is needed, and on the edge what is not loaded is not parsed at each start.
 */

export { drain } from './drain.ts';
export { gatesOf } from './gates.ts';
export { respond } from './respond.ts';
export { send } from './send.ts';
export { startWorker, type Worker } from './worker.ts';
