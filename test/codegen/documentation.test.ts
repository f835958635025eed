/** @module Doc comments come from the documentation file, else from the XSD; corrections stand beside what they correct. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../support/suite.ts';
import { inWorkspace, schemas, testMessageOnly } from './workspace.ts';

const test = suite('codegen: documentation and corrections');

test(
  'What is not documented is refused where documentation is required.',
  inWorkspace(async (workspace) => {
    workspace.append(
      'UFTP-common.xsd',
      '<xs:simpleType name="S"><xs:restriction base="xs:string"><xs:enumeration value="a"/></xs:restriction></xs:simpleType><xs:complexType name="T"><xs:attribute name="A" type="S"/></xs:complexType>',
    );
    const problems = await workspace.refused({
      documentation: join(schemas, 'documentation.json'),
      requireDocumentation: true,
    });
    assert.equal(
      problems.map(({ construct }) => construct),
      ['xs:simpleType S', 'value a of S', 'xs:complexType T', 'A of T'],
    );
  }),
);

test(
  'Texts of one version go before the others, and those of the file before those of the XSD.',
  inWorkspace(
    async (workspace) => {
      const documentation = join(workspace.folder, 'documentation.json');
      writeFileSync(
        documentation,
        JSON.stringify({
          types: {
            TestMessageType: { text: 'of the file' },
            SignedMessageType: { text: 'of the file', attributes: { Body: 'the body' } },
          },
          roots: { TestMessage: 'the root' },
          versions: { 'my version': { types: { TestMessageType: { text: 'of the version' } } } },
        }),
      );
      workspace.state(testMessageOnly);
      workspace.edit(
        'UFTP-common.xsd',
        '<xs:complexType name="SignedMessageType">',
        '<xs:complexType name="SignedMessageType"><xs:annotation><xs:documentation>of the XSD</xs:documentation></xs:annotation>',
      );
      await workspace.generate({ documentation, documentationKey: 'my version' });
      const text = workspace.read('common.ts');
      assert.match(
        text,
        '/**\n * of the version\n *\n * the root\n */\nexport interface TestMessage extends',
      );
      assert.match(text, '/** of the file */\nexport interface SignedMessage {');
      assert.match(text, '  /** the body */\n  body: Uint8Array;');
      assert.match(text, '\n\nexport interface TestMessageResponse extends');
    },
    ['UFTP-common.xsd'],
  ),
);

// biome-ignore format: one case to a line
const corrections: readonly (readonly [correction: object, problem: string])[] = [
  [{ type: 'EANType', patterns: ['a'] }, 'does not have exactly the keys'],
  [{ type: 'EANType', patterns: [], reason: '', source: '' }, '"patterns" no list'],
  [{ type: 'EANType', patterns: ['('], reason: '', source: '' }, 'a pattern cannot be read'],
  [{ type: 'PeriodType', patterns: ['a'], reason: '', source: '' }, 'PeriodType has no pattern'],
];
for (const [correction, problem] of corrections) {
  test(
    `The correction ${JSON.stringify(correction)} is refused: ${problem}.`,
    inWorkspace(async (workspace) => {
      const file = join(workspace.folder, 'corrections.json');
      writeFileSync(file, JSON.stringify({ own: correction }));
      const problems = await workspace.refused({ corrections: file });
      assert.ok(
        problems.some((one) => one.construct === '"own"' && one.problem.includes(problem)),
        JSON.stringify(problems),
      );
    }),
  );
}

test(
  'A correction stands in the scalar of the type that it names.',
  inWorkspace(async (workspace) => {
    const { corrections: applied } = await workspace.generate({
      corrections: join(schemas, 'corrections.json'),
    });
    assert.equal(applied, ['metering-ean-18']);
    assert.match(
      workspace.read('scalars.ts'),
      "correction: { id: 'metering-ean-18', patterns: [/^(?:[Ee][0-9]{16}|[Ee][0-9]{18})$/u] }",
    );
  }),
);
