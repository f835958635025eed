/**
 * @module What works on the queues of the store. A host loads it on demand: to take a message in and to answer it none of
 * it is needed, and on the edge what is not loaded is not parsed at each start.
 */

export { drain } from './drain.ts';
export { gatesOf } from './gates.ts';
export { startWorker, type Worker } from './worker.ts';
