/** @module XML names go in, all names of the generated code come out. */

/**
 * The words of an XML name: it is split at `-`, `_` and `.`, before a capital that follows a small letter or a digit,
 * and before the last capital of several where a small letter follows: `AGRPortfolioQueryMessageID` is AGR, Portfolio,
 * Query, Message, ID.
 */
export function wordsOf(name: string): string[] {
  return name
    .replace(/[-_.]+/g, ' ')
    .replace(/([\p{Ll}\p{Nd}])(?=\p{Lu})/gu, '$1 ')
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1 ')
    .split(' ')
    .filter((word) => word !== '');
}

/** In PascalCase, acronyms like other words: `ISP-Duration` is `IspDuration`. */
export function pascal(name: string): string {
  return wordsOf(name).map(capitalised).join('');
}

/** Name of the property for an attribute or child element: `ISP-Duration` is `ispDuration`. */
export function propertyName(name: string): string {
  return small(pascal(name));
}

/**
 * Name of the TypeScript type for an XSD type: PascalCase without a last word `Type`, so `USEF-RoleType` is `UsefRole`.
 * The type of a root element is named after the root. A name that the generated code needs for something else keeps
 * the word `Type`, or gets it: `DecimalType` stays `DecimalType`.
 */
export function typeName(name: string, root?: string): string {
  const words = wordsOf(root ?? name);
  if (root === undefined && words.length > 1 && words.at(-1) === 'Type') words.pop();
  const short = words.map(capitalised).join('');
  return taken.has(short) ? `${short}Type` : short;
}

/** Name of the TypeScript type for a simple type that stands inside an attribute: owner and attribute. */
export function inlineTypeName(owner: string, attribute: string): string {
  return `${owner}${pascal(attribute)}`;
}

/** Name of the constant that holds the table of a complex type. */
export function tableName(type: string): string {
  return `${small(type)}Table`;
}

/** Name of the constant that describes a simple type. */
export function scalarName(type: string): string {
  return `${small(type)}Scalar`;
}

/** Name of the constant that holds the row of a message. */
export function rowName(message: string): string {
  return `${propertyName(message)}Row`;
}

/** Name of the generated file for an XSD: its own name without `UFTP-`, in small letters. */
export function fileName(xsd: string): string {
  return `${xsd
    .replace(/\.xsd$/i, '')
    .replace(/^UFTP-/i, '')
    .toLowerCase()}.ts`;
}

/** True where TypeScript takes the name for a declaration or, unquoted, for a property. */
export function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
}

function capitalised(word: string): string {
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

function small(name: string): string {
  const [first = '', ...rest] = name;
  return first.toLowerCase() + rest.join('');
}

/** Names that generated files import or take from the language. */
const taken: ReadonlySet<string> = new Set([
  'Abstract',
  'Awaitable',
  'Complex',
  'DecideContext',
  'Decimal',
  'Decision',
  'Draft',
  'Flavor',
  'HandlerClients',
  'Infinity',
  'IsoDate',
  'IsoDateTime',
  'IsoDuration',
  'IsoTime',
  'MessageRow',
  'Omit',
  'ProcessContext',
  'Protocol',
  'RequestContext',
  'ResponseDecision',
  'ResponseFields',
  'Role',
  'RoleKind',
  'Scalar',
  'SendRequest',
  'SendResponse',
  'Uint8Array',
]);
