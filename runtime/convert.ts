/** @module The entry that converts messages between versions: a service of several versions loads it by itself. */

export { type ConvertContext, convert } from './codec/convert.ts';
