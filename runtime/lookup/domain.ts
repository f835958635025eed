/** @module What the domain of a participant looks like. */

const form = /^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$/;

/** True for a domain as the XSDs want it in SenderDomain: two labels at least, in lower case (rule 47). */
export function isDomain(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 253 && form.test(value);
}
