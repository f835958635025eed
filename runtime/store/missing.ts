/** @module The error of a store that is not there, where none is to be made: whoever can do without one tells it from others. */

import { isUftpError, UftpError } from '../errors.ts';

const text = 'there is no UFTP store in';

/** The error; `place` is what was looked into. */
export function missingStore(place: string): UftpError {
  return new UftpError('store-unavailable', `${text} ${place}`);
}

/** True for such an error, and not where a store could not be reached. */
export function isMissingStore(error: unknown): error is UftpError {
  return isUftpError(error) && error.text.startsWith(text);
}
