/** @module What the package exports: a change of any name shows here, and every name has a doc comment. */

import { assert, suite } from '../support/suite.ts';
import { entries } from './entries.ts';
import { surfaceOf, undocumented } from './surface.ts';

const test = suite('api: surface');

/** All that can be imported, in alphabetical order; `types` are what only the compiler sees. */
const surface: Readonly<Record<string, { readonly values: string; readonly types: string }>> = {
  '.': {
    values: `
      UftpError accept addressBook checkXml createHost createService
      decode defaultLimits defer encode formatCs1 formatIssue fromJson generateKeys
      importPrivateKey isUftpError javaLibrary memory open portableEd25519 publicKey readEnvelope readMessage reject
      seal toJson writeEnvelope
    `,
    types: `
      Accept Address Attempt AwaitOptions Awaitable Chance Clock Commit Committed Connection
      DecideContext Decimal Decision DecodeOptions DecodedMessage Defer Draft Drained Ed25519 Envelope Fill
      Filter Flavor HandlerContext HandlersOf HistoryEntry Implied IndexKey IsoDate IsoDateTime IsoDuration
      IsoTime Issue IssueCode Jwk KeyTexts Lease Limits Lookup MemoryTx Message MessageKey MessageRecord
      MessageRow Metadata NewId Observer Opened Outcome Outgoing PartnerSettings Party PrivateKeyInput
      ProcessContext Protocol PublicKey PublicKeyInput ReadEnvelope Receipt Received RefusalCode
      RefusedMessage Reject RemoteAddress
      RequestContext ResponseDecision Role RoleKind RoleName SendOptions SendRequest
      SendResponse Sent Servable Service ServiceEvent ServiceOptions Signer Snapshot Store StoredMessage
      StoredVerdict TaskState Transport TransportRequest TransportResponse UftpErrorCode Verdict Warning
      WebCryptoKey Work
    `,
  },
  './node': {
    values: `
      compareDecimals consoleObserver createService fetchTransport ispCalendar nodeTransport serve sqlite
    `,
    types: `
      IspCalendar NodeTransportOptions Pem ServeOptions Server SqlRow SqlTx SqlValue
    `,
  },
  './bun': {
    values: `
      compareDecimals consoleObserver createService fetchTransport ispCalendar nodeTransport serve sqlite
    `,
    types: `
      IspCalendar NodeTransportOptions Pem ServeOptions Server SqlRow SqlTx SqlValue
    `,
  },
  './deno': {
    values: `
      compareDecimals consoleObserver createService fetchTransport ispCalendar nodeTransport serve sqlite
    `,
    types: `
      IspCalendar NodeTransportOptions Pem ServeOptions Server SqlRow SqlTx SqlValue
    `,
  },
  './worker': {
    values: `
      compareDecimals consoleObserver createService durableObject fetchTransport ispCalendar worker
    `,
    types: `
      IspCalendar ObjectState ObjectStorage ParticipantObject ParticipantWorker SqlRow SqlTx SqlValue
      WorkerOptions
    `,
  },
  './convert': {
    values: `
      convert
    `,
    types: `
      ConvertContext
    `,
  },
  './postgres': {
    values: `
      postgres
    `,
    types: `
      PgRow PgSql PgTx PostgresOptions
    `,
  },
  './testing': {
    values: `
      conformance inMemoryTransport manualClock
    `,
    types: `
      Case ConformanceOptions ManualClock
    `,
  },
  './codegen': {
    values: `
      CodegenError PackagesMissingError diff generate
    `,
    types: `
      Change GenerateOptions Generated Problem
    `,
  },
  './tables': {
    values: `
      abstract child complex defaulted message optional protocol required role scalar xsBase64Binary
      xsBoolean xsByte xsDate xsDateTime xsDecimal xsDuration xsHexBinary xsInt xsInteger xsLong
      xsNegativeInteger xsNonNegativeInteger xsNonPositiveInteger xsNormalizedString xsPositiveInteger
      xsShort xsString xsTime xsToken xsUnsignedByte xsUnsignedInt xsUnsignedLong xsUnsignedShort
    `,
    types: `
      Abstract Attribute Awaitable Bound Child Complex Correction DecideContext Decimal Decision Draft
      Facets Fault Flavor HandlerClient HandlerClients IsoDate IsoDateTime IsoDuration IsoTime Kind MessageRow
      Name Primitive ProcessContext Protocol Registers RequestContext ResponseDecision ResponseFields Role RoleKind
      Scalar SendRequest SendResponse StatedAttribute StatedChild Usual
    `,
  },
  './v3.1': {
    values: `
      acceptedDisputedScalar acceptedRejectedScalar activationFactorScalar agr
      agrPortfolioQueryResponseCongestionPointTable agrPortfolioQueryResponseConnectionTable
      agrPortfolioQueryResponseDsoPortfolioTable agrPortfolioQueryResponseDsoViewTable
      agrPortfolioQueryResponseRow agrPortfolioQueryResponseTable agrPortfolioQueryRow
      agrPortfolioQueryTable agrPortfolioUpdateConnectionTable agrPortfolioUpdateResponseRow
      agrPortfolioUpdateResponseTable agrPortfolioUpdateRow agrPortfolioUpdateTable availableRequestedScalar
      contractSettlementIspTable contractSettlementPeriodTable contractSettlementTable cro
      currencyAmountScalar dPrognosisIspTable dPrognosisResponseRow dPrognosisResponseTable dPrognosisRow
      dPrognosisTable dso dsoPortfolioQueryCongestionPointTable dsoPortfolioQueryConnectionTable
      dsoPortfolioQueryResponseRow dsoPortfolioQueryResponseTable dsoPortfolioQueryRow
      dsoPortfolioQueryTable dsoPortfolioUpdateCongestionPointTable dsoPortfolioUpdateConnectionTable
      dsoPortfolioUpdateResponseRow dsoPortfolioUpdateResponseTable dsoPortfolioUpdateRow
      dsoPortfolioUpdateTable eanScalar entityAddressScalar flexMessageTable flexOfferOptionIspTable
      flexOfferOptionTable flexOfferResponseRow flexOfferResponseTable flexOfferRevocationResponseRow
      flexOfferRevocationResponseTable flexOfferRevocationRow flexOfferRevocationTable flexOfferRow
      flexOfferTable flexOrderIspTable flexOrderResponseRow flexOrderResponseTable flexOrderRow
      flexOrderSettlementIspTable flexOrderSettlementStatusTable flexOrderSettlementTable
      flexOrderStatusTable flexOrderTable flexRequestIspTable flexRequestResponseRow
      flexRequestResponseTable flexRequestRow flexRequestTable flexReservationUpdateIspTable
      flexReservationUpdateResponseRow flexReservationUpdateResponseTable flexReservationUpdateRow
      flexReservationUpdateTable flexSettlementResponseRow flexSettlementResponseTable flexSettlementRow
      flexSettlementTable internetDomainScalar iso4217CurrencyScalar meteringIspTable
      meteringProfileEnumScalar meteringProfileTable meteringResponseRow meteringResponseTable meteringRow
      meteringTable meteringUnitScalar payloadMessageResponseTable payloadMessageTable periodScalar protocol
      redispatchByScalar signedMessageTable specVersionScalar testMessageResponseRow
      testMessageResponseTable testMessageRow testMessageTable timeZoneNameScalar timeZoneScalar
      usefRoleScalar uuidScalar
    `,
    types: `
      AcceptedDisputed AcceptedRejected ActivationFactor AgrClients AgrCroClient AgrDsoClient AgrHandlers
      AgrKind AgrPortfolioQuery AgrPortfolioQueryDraft AgrPortfolioQueryInit AgrPortfolioQueryResponse
      AgrPortfolioQueryResponseCongestionPoint AgrPortfolioQueryResponseCongestionPointInit
      AgrPortfolioQueryResponseConnection AgrPortfolioQueryResponseConnectionInit
      AgrPortfolioQueryResponseDraft AgrPortfolioQueryResponseDsoPortfolio
      AgrPortfolioQueryResponseDsoPortfolioInit AgrPortfolioQueryResponseDsoView
      AgrPortfolioQueryResponseDsoViewInit AgrPortfolioQueryResponseFields AgrPortfolioQueryResponseInit
      AgrPortfolioUpdate AgrPortfolioUpdateConnection AgrPortfolioUpdateConnectionInit
      AgrPortfolioUpdateDraft AgrPortfolioUpdateInit AgrPortfolioUpdateResponse
      AgrPortfolioUpdateResponseDraft AgrPortfolioUpdateResponseFields AgrPortfolioUpdateResponseInit
      AvailableRequested ContractSettlement ContractSettlementInit ContractSettlementIsp
      ContractSettlementIspInit ContractSettlementPeriod ContractSettlementPeriodInit CroAgrClient
      CroClients CroDsoClient CroHandlers CroKind CurrencyAmount DPrognosis DPrognosisDraft DPrognosisInit
      DPrognosisIsp DPrognosisIspInit DPrognosisResponse DPrognosisResponseDraft DPrognosisResponseFields
      DPrognosisResponseInit DsoAgrClient DsoClients DsoCroClient DsoHandlers DsoKind DsoPortfolioQuery
      DsoPortfolioQueryCongestionPoint DsoPortfolioQueryCongestionPointInit DsoPortfolioQueryConnection
      DsoPortfolioQueryConnectionInit DsoPortfolioQueryDraft DsoPortfolioQueryInit DsoPortfolioQueryResponse
      DsoPortfolioQueryResponseDraft DsoPortfolioQueryResponseFields DsoPortfolioQueryResponseInit
      DsoPortfolioUpdate DsoPortfolioUpdateCongestionPoint DsoPortfolioUpdateCongestionPointInit
      DsoPortfolioUpdateConnection DsoPortfolioUpdateConnectionInit DsoPortfolioUpdateDraft
      DsoPortfolioUpdateInit DsoPortfolioUpdateResponse DsoPortfolioUpdateResponseDraft
      DsoPortfolioUpdateResponseFields DsoPortfolioUpdateResponseInit Ean EntityAddress FlexMessage
      FlexOffer FlexOfferDraft FlexOfferInit FlexOfferOption FlexOfferOptionInit FlexOfferOptionIsp
      FlexOfferOptionIspInit FlexOfferResponse FlexOfferResponseDraft FlexOfferResponseFields
      FlexOfferResponseInit FlexOfferRevocation FlexOfferRevocationDraft FlexOfferRevocationInit
      FlexOfferRevocationResponse FlexOfferRevocationResponseDraft FlexOfferRevocationResponseFields
      FlexOfferRevocationResponseInit FlexOrder FlexOrderDraft FlexOrderInit FlexOrderIsp FlexOrderIspInit
      FlexOrderResponse FlexOrderResponseDraft FlexOrderResponseFields FlexOrderResponseInit
      FlexOrderSettlement FlexOrderSettlementInit FlexOrderSettlementIsp FlexOrderSettlementIspInit
      FlexOrderSettlementStatus FlexOrderSettlementStatusInit FlexOrderStatus FlexOrderStatusInit
      FlexRequest FlexRequestDraft FlexRequestInit FlexRequestIsp FlexRequestIspInit FlexRequestResponse
      FlexRequestResponseDraft FlexRequestResponseFields FlexRequestResponseInit FlexReservationUpdate
      FlexReservationUpdateDraft FlexReservationUpdateInit FlexReservationUpdateIsp
      FlexReservationUpdateIspInit FlexReservationUpdateResponse FlexReservationUpdateResponseDraft
      FlexReservationUpdateResponseFields FlexReservationUpdateResponseInit FlexSettlement
      FlexSettlementDraft FlexSettlementInit FlexSettlementResponse FlexSettlementResponseDraft
      FlexSettlementResponseFields FlexSettlementResponseInit InternetDomain Iso4217Currency Metering
      MeteringDraft MeteringInit MeteringIsp MeteringIspInit MeteringProfile MeteringProfileEnum
      MeteringProfileInit MeteringResponse MeteringResponseDraft MeteringResponseFields MeteringResponseInit
      MeteringUnit PayloadMessage PayloadMessageResponse Period RedispatchBy SignedMessage SignedMessageInit
      SpecVersion TestMessage TestMessageDraft TestMessageInit TestMessageResponse TestMessageResponseDraft
      TestMessageResponseFields TestMessageResponseInit TimeZone TimeZoneName UsefRole Uuid
    `,
  },
};

/** The other versions, by what they export beyond what 3.1 does, and what they lack. */
const versions: Readonly<Record<string, { readonly beyond: string; readonly lacking: string }>> = {
  './v3.0': { beyond: '', lacking: '' },
  './next': { beyond: 'dateTimeScalar DateTime', lacking: '' },
};

test('Every entry is listed here.', () => {
  assert.equal([...entries().keys()].sort(), [...Object.keys(surface), ...Object.keys(versions)].sort());
});

for (const [entry, { values, types }] of Object.entries(surface)) {
  test(`${entry} exports what is listed, no more and no less.`, () => {
    const exported = surfaceOf(entry);
    compare(exported.values, words(values));
    compare(exported.types, words(types));
  });
}

for (const [entry, { beyond, lacking }] of Object.entries(versions)) {
  test(`${entry} exports what ./v3.1 does, and what is listed.`, () => {
    const [own, reference] = [entry, './v3.1'].map((one) => {
      const { values, types } = surfaceOf(one);
      return [...values, ...types];
    }) as [string[], string[]];
    compare(own.concat(words(lacking)).sort(), reference.concat(words(beyond)).sort());
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function compare(exported: readonly string[], listed: readonly string[]): void {
  const notListed = exported.filter((name) => !listed.includes(name));
  const notExported = listed.filter((name) => !exported.includes(name));
  assert.equal({ notListed, notExported }, { notListed: [], notExported: [] });
  assert.equal(listed, exported, 'in alphabetical order');
}

for (const entry of entries().keys()) {
  test(`Everything that ${entry} exports has a doc comment, down to the members of interfaces.`, () => {
    assert.equal(undocumented(entry), []);
  });
}
