/**
 * Makes the XSDs of a version of one's own: those of 3.1.0 with a new pair of messages.
 *
 *   node xsd.ts OUT && npx uftp generate --xsd OUT --protocol protocol.json --out generated
 */

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [out = 'xsd'] = process.argv.slice(2);
const schemas = dirname(
  createRequire(import.meta.url).resolve('shapeshifter-uftp/schemas/3.1.0/protocol.json'),
);
cpSync(schemas, out, { recursive: true, filter: (file) => file === schemas || file.endsWith('.xsd') });

const file = join(out, 'UFTP-agr-dso.xsd');
const added = `
  <xs:complexType name="FlexPingType">
    <xs:complexContent>
      <xs:extension base="PayloadMessageType">
        <xs:attribute name="Loudness" use="required">
          <xs:simpleType>
            <xs:restriction base="xs:decimal">
              <xs:minExclusive value="0"/>
              <xs:totalDigits value="3"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
      </xs:extension>
    </xs:complexContent>
  </xs:complexType>
  <xs:complexType name="FlexPingResponseType">
    <xs:complexContent>
      <xs:extension base="PayloadMessageResponseType">
        <xs:attribute name="FlexPingMessageID" type="UUIDType" use="required"/>
      </xs:extension>
    </xs:complexContent>
  </xs:complexType>
  <xs:element name="FlexPing" type="FlexPingType"/>
  <xs:element name="FlexPingResponse" type="FlexPingResponseType"/>
</xs:schema>`;
writeFileSync(file, readFileSync(file, 'utf8').replace('</xs:schema>', added.trimStart()));
