/** @module A protocol file goes in, and whatever in it has an unknown key or a value of the wrong form is reported. */

import { isObject, type JsonFile } from './json.ts';
import { roleNames } from './model.ts';
import type { Problems } from './problems.ts';

/** Reports what is wrong with the form of a protocol file; what its names refer to is not looked at. */
export function checkShape(file: JsonFile, problems: Problems): boolean {
  let sound = true;
  const report: Report = (path, problem, remedy) => {
    sound = false;
    const construct = path.length === 0 ? 'protocol file' : `"${path.join('.')}"`;
    problems.report(file.place(path), construct, problem, remedy);
  };
  fileForm(file.value, [], report);
  return sound;
}

type Path = readonly (string | number)[];
type Report = (path: Path, problem: string, remedy: string) => void;

/** Reports what is wrong with a value. */
type Form = (value: unknown, path: Path, report: Report) => void;

const simple =
  (expected: string, holds: (value: unknown) => boolean): Form =>
  (value, path, report) => {
    if (!holds(value)) report(path, `is ${JSON.stringify(value)}`, `write ${expected}`);
  };

const text = simple('a string', (value) => typeof value === 'string' && value !== '');
const flag = simple('true or false', (value) => typeof value === 'boolean');
const literal = simple('a string, a number or a boolean', (value) =>
  ['string', 'number', 'boolean'].includes(typeof value),
);
const role = simple(`one of ${roleNames.join(', ')}`, (value) => roleNames.some((name) => name === value));
const source = simple('one of reason, senderDomain, recipientDomain', (value) =>
  ['reason', 'senderDomain', 'recipientDomain'].includes(String(value)),
);
const versionText = simple('three numbers, such as "3.1.0"', (value) =>
  /^[0-9]+\.[0-9]+\.[0-9]+$/.test(String(value)),
);

/** A value of this form, or null, which takes away what an extended file says. */
const removable =
  (form: Form): Form =>
  (value, path, report) => {
    if (value !== null) form(value, path, report);
  };

const listOf =
  (form: Form, min = 0): Form =>
  (value, path, report) => {
    if (!Array.isArray(value) || value.length < min) {
      report(path, `is ${JSON.stringify(value)}`, 'write a list [ … ]');
      return;
    }
    if (new Set(value.map((item) => JSON.stringify(item))).size < value.length && form !== fill) {
      report(path, 'says something twice', 'remove one of both');
    }
    value.forEach((item, index) => {
      form(item, [...path, index], report);
    });
  };

const recordOf =
  (form: Form): Form =>
  (value, path, report) => {
    if (!isObject(value)) report(path, `is ${JSON.stringify(value)}`, 'write an object { … }');
    else for (const [key, item] of Object.entries(value)) form(item, [...path, key], report);
  };

const objectOf =
  (keys: Readonly<Record<string, Form>>): Form =>
  (value, path, report) => {
    if (!isObject(value)) {
      report(path, `is ${JSON.stringify(value)}`, 'write an object { … }');
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      const form = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (form) form(item, [...path, key], report);
      else report([...path, key], 'is not a known key', `known are ${Object.keys(keys).join(', ')}`);
    }
  };

/** An object with the keys of one of these sets. */
const oneOf =
  (forms: readonly Readonly<Record<string, Form>>[]): Form =>
  (value, path, report) => {
    const sameKeys = (form: Readonly<Record<string, Form>>): boolean =>
      isObject(value) && Object.keys(form).sort().join() === Object.keys(value).sort().join();
    const form = forms.find(sameKeys);
    const known = forms.map((one) => `{ ${Object.keys(one).join(', ')} }`).join(', ');
    if (form) objectOf(form)(value, path, report);
    else report(path, `is ${JSON.stringify(value)}`, `write one of ${known}`);
  };

const fill: Form = (value, path, report) => {
  oneOf([
    { copy: text },
    { use: source },
    { each: text, as: fill },
    { list: listOf(fill, 1) },
    { value: literal },
    { fields: recordOf(fill) },
  ])(value, path, report);
};

const messageForm = objectOf({
  from: listOf(role, 1),
  to: listOf(role, 1),
  response: removable(text),
  reference: removable(text),
  copies: removable(listOf(text)),
  rejection: removable(recordOf(fill)),
  constants: removable(recordOf(literal)),
  references: removable(recordOf(text)),
  index: removable(recordOf(listOf(text, 1))),
  order: removable(listOf(text, 1)),
  notAfter: removable(text),
  implied: removable(recordOf(oneOf([{ value: literal }, { whenAbsent: text }]))),
});

const fileForm = objectOf({
  version: versionText,
  experimental: flag,
  extends: text,
  envelope: text,
  messages: recordOf(removable(messageForm)),
});
