/**
 * @module The door of generated code: all that files under `generated/` import, and nothing else does.
 * Internal to generator and runtime; its names do not follow semantic versioning, `format` does.
 */

export type {
  Decimal,
  Flavor,
  IsoDate,
  IsoDateTime,
  IsoDuration,
  IsoTime,
} from './codec/builtin.ts';
export {
  xsBase64Binary,
  xsBoolean,
  xsByte,
  xsDate,
  xsDateTime,
  xsDecimal,
  xsDuration,
  xsHexBinary,
  xsInt,
  xsInteger,
  xsLong,
  xsNegativeInteger,
  xsNonNegativeInteger,
  xsNonPositiveInteger,
  xsNormalizedString,
  xsPositiveInteger,
  xsShort,
  xsString,
  xsTime,
  xsToken,
  xsUnsignedByte,
  xsUnsignedInt,
  xsUnsignedLong,
  xsUnsignedShort,
} from './codec/builtin.ts';
export type { Fault } from './codec/fault.ts';
export type { Kind, Primitive } from './codec/primitive.ts';
export { scalar } from './codec/scalar.ts';
export type {
  Abstract,
  Attribute,
  Bound,
  Child,
  Complex,
  Correction,
  Facets,
  Name,
  Registers,
  Scalar,
  StatedAttribute,
  StatedChild,
} from './codec/table.ts';
export { abstract, child, complex, defaulted, optional, required } from './codec/table.ts';
export type {
  Awaitable,
  DecideContext,
  Decision,
  Draft,
  HandlerClient,
  HandlerClients,
  MessageRow,
  ProcessContext,
  Protocol,
  RequestContext,
  ResponseDecision,
  ResponseFields,
  Role,
  RoleKind,
  SendRequest,
  SendResponse,
  Usual,
} from './roles.ts';
export { message, protocol, role } from './roles.ts';
