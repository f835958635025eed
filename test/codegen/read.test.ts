/** @module XSDs are read as they are, in whatever prefix and layout, and what is not an XSD is refused. */

import { join } from 'node:path';
import { Problems } from '../../codegen/problems.ts';
import { read } from '../../codegen/read.ts';
import { assert, suite } from '../support/suite.ts';
import { inWorkspace, ownDeclarations, testMessageOnly } from './workspace.ts';

const test = suite('codegen: read');
const xsd = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';

/** What is wrong with a text, as `line: construct: problem`. */
function problemsOf(text: string | Uint8Array): string[] {
  const problems = new Problems();
  read('x.xsd', typeof text === 'string' ? new TextEncoder().encode(text) : text, problems);
  try {
    problems.settle();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.slice('x.xsd:'.length));
  }
}

// biome-ignore format: one case to a line
const refused: readonly (readonly [text: string | Uint8Array, problem: string])[] = [
  ['', '1: XML: is not well-formed'],
  ['<xs:schema>', '1: XML: is not well-formed'],
  [`<xs:schema ${xsd}>\n<xs:a>\n</xs:schema>`, '3: XML: is not well-formed'],
  [`<xs:schema ${xsd}/><xs:schema ${xsd}/>`, '1: XML: has content after its root element'],
  [`<xs:schema ${xsd}/>\nwords`, '1: XML: has content after its root element'],
  [`<!-- c -->\n<!DOCTYPE a [<!ENTITY e "x">]>\n<xs:schema ${xsd}/>`, '3: DOCTYPE: is not supported'],
  [`<xs:schema ${xsd} targetNamespace="urn:x"/>`, '1: xs:schema targetNamespace=: is not supported; remove it: UFTP has no namespaces'],
  [`<xs:schema ${xsd} blockDefault="#all"/>`, '1: xs:schema blockDefault=: is not supported'],
  ['<schema/>', '1: <schema>: is not an element of XML Schema'],
  ['<xs:schema xmlns:xs="urn:other"/>', '1: <xs:schema>: is not an element of XML Schema'],
  [`<xs:element ${xsd}/>`, '1: xs:element: is not the root of an XSD'],
  ['<?xml version="1.0" encoding="ISO-8859-1"?><a/>', '1: encoding: the file says that it is ISO-8859-1; save the file as UTF-8'],
  [Uint8Array.of(0x3c, 0x61, 0xff, 0x2f, 0x3e), '1: encoding: the file is not UTF-8'],
];
for (const [text, problem] of refused) {
  test(`${problem.slice(3)}, in ${JSON.stringify(String(text))}.`, () => {
    const found = problemsOf(text);
    assert.ok(
      found.some((one) => one.startsWith(problem)),
      JSON.stringify(found),
    );
  });
}

// biome-ignore format: one case to a line
const lines: readonly (readonly [title: string, text: string, line: number])[] = [
  ['line feeds', `<xs:schema ${xsd}>\n\n<xs:choice/></xs:schema>`, 3],
  ['carriage returns and line feeds', `<?xml version="1.0"?>\r\n<!-- a\r\nb -->\r\n<xs:schema ${xsd}>\r\n\r\n<xs:choice/></xs:schema>`, 6],
  ['carriage returns', `<xs:schema ${xsd}>\r\r<xs:choice/></xs:schema>`, 3],
  ['a byte order mark', `\ufeff<xs:schema ${xsd}>\n<xs:choice/></xs:schema>`, 2],
  ['a start tag of several lines', `<xs:schema\n  ${xsd}\n>\n<xs:choice\n  x="1"/></xs:schema>`, 4],
  ['CDATA and processing instructions', `<xs:schema ${xsd}><xs:annotation><xs:documentation>\n<![CDATA[<\n>]]></xs:documentation></xs:annotation><?pi\n?>\n<xs:choice/></xs:schema>`, 5],
];
for (const [title, text, line] of lines) {
  test(`Lines are counted right with ${title}.`, () => {
    assert.ok(
      problemsOf(text).some((problem) => problem.startsWith(`${line}: xs:choice: `)),
      problemsOf(text).join('\n'),
    );
  });
}

test(
  'All problems of all files are told at once.',
  inWorkspace(async (workspace) => {
    workspace.append('UFTP-metering.xsd', '<xs:group/>');
    workspace.append('UFTP-cro-dso.xsd', '<xs:import/>\n<xs:notation/>');
    const problems = await workspace.refused();
    assert.equal(
      problems.map(({ file, construct }) => `${file.slice(workspace.xsd.length + 1)} ${construct}`),
      ['UFTP-cro-dso.xsd xs:import', 'UFTP-cro-dso.xsd xs:notation', 'UFTP-metering.xsd xs:group'],
    );
  }),
);

test(
  'Any prefix may stand for XML Schema, and so may none where types have prefixes of their own.',
  inWorkspace(
    async (workspace) => {
      workspace.state(testMessageOnly);
      workspace.write(
        'own.xsd',
        `<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:include schemaLocation="./UFTP-common.xsd"/>
    <s:complexType name="OwnType"><s:attribute name="Own" type="s:integer"/></s:complexType></s:schema>`,
      );
      workspace.write(
        'other.xsd',
        `<schema xmlns="http://www.w3.org/2001/XMLSchema"><complexType name="OtherType">
    <attribute name="Other" type="integer"/></complexType></schema>`,
      );
      await workspace.generate();
      assert.match(workspace.read('own.ts'), 'own?: number;');
      assert.match(workspace.read('other.ts'), 'other?: number;');
    },
    ['UFTP-common.xsd'],
  ),
);

test(
  'References and entities in documentation are resolved, and markup and white space in it dropped.',
  inWorkspace(
    async (workspace) => {
      ownDeclarations(
        workspace,
        `☞<xs:complexType name="OwnType"><xs:annotation><xs:documentation source="x" xml:lang="en">One &amp; two,
        <b>three</b> &#x26; <![CDATA[<four>]]> */ &lt;five&gt;.</xs:documentation><xs:appinfo><any/></xs:appinfo></xs:annotation></xs:complexType>`,
      );
      await workspace.generate();
      assert.match(workspace.read('own.ts'), '/** One & two, three & <four> *\\/ <five>. */');
    },
    ['UFTP-common.xsd'],
  ),
);

test(
  'An include of what is not there is refused.',
  inWorkspace(async (workspace) => {
    workspace.edit('UFTP-cro.xsd', 'UFTP-agr-cro.xsd', 'UFTP-agr-crow.xsd');
    const [problem] = await workspace.refused();
    assert.is(problem?.file, join(workspace.xsd, 'UFTP-cro.xsd'));
    assert.is(problem?.construct, 'xs:include');
    assert.match(problem?.problem ?? '', 'UFTP-agr-crow.xsd is not an XSD of the folder');
  }),
);

test(
  'An include from outside the folder is refused.',
  inWorkspace(async (workspace) => {
    workspace.edit('UFTP-cro.xsd', 'UFTP-agr-cro.xsd', '../UFTP-agr-cro.xsd');
    const [problem] = await workspace.refused();
    assert.match(problem?.problem ?? '', '../UFTP-agr-cro.xsd is not an XSD of the folder');
  }),
);

test(
  'Files may include each other in a circle.',
  inWorkspace(async (workspace) => {
    workspace.edit(
      'UFTP-common.xsd',
      '<xs:simpleType name="SpecVersion">',
      '<xs:include schemaLocation="UFTP-metering.xsd"/><xs:simpleType name="SpecVersion">',
    );
    await workspace.generate();
  }),
);

test(
  'Tables of two files that need each other are refused, with both places.',
  inWorkspace(async (workspace) => {
    workspace.edit(
      'UFTP-common.xsd',
      '<xs:simpleType name="SpecVersion">',
      '<xs:include schemaLocation="UFTP-metering.xsd"/><xs:simpleType name="SpecVersion">',
    );
    workspace.append(
      'UFTP-common.xsd',
      '<xs:complexType name="T"><xs:sequence><xs:element name="ISP" type="MeteringISPType"/></xs:sequence></xs:complexType>',
    );
    const [problem] = await workspace.refused();
    assert.match(
      problem?.problem ?? '',
      /types of UFTP-common.xsd use types of UFTP-metering.xsd, and these use those of UFTP-common.xsd, in .*UFTP-metering.xsd:\d+/,
    );
  }),
);

test(
  'A type of a file that no document includes together with its user is refused.',
  inWorkspace(
    async (workspace) => {
      workspace.state(testMessageOnly);
      workspace.write(
        'a.xsd',
        `<xs:schema ${xsd}><xs:simpleType name="A"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>`,
      );
      workspace.write(
        'b.xsd',
        `<xs:schema ${xsd}><xs:complexType name="B"><xs:attribute name="A" type="A"/></xs:complexType></xs:schema>`,
      );
      const [problem] = await workspace.refused();
      assert.is(problem?.remedy, 'add <xs:include schemaLocation="a.xsd"/>');
      workspace.write(
        'c.xsd',
        `<xs:schema ${xsd}><xs:include schemaLocation="a.xsd"/><xs:include schemaLocation="b.xsd"/></xs:schema>`,
      );
      await workspace.generate();
    },
    ['UFTP-common.xsd'],
  ),
);

test(
  'A folder without XSDs is refused.',
  inWorkspace(async (workspace) => {
    const [problem] = await workspace.refused({ xsd: workspace.folder });
    assert.is(problem?.problem, 'has no XSDs in it');
  }),
);

test(
  'XSDs that would be written to one file are refused.',
  inWorkspace(
    async (workspace) => {
      workspace.state(testMessageOnly);
      for (const [file, type] of [
        ['own.xsd', 'A'],
        ['UFTP-Own.xsd', 'B'],
        ['UFTP-roles.xsd', 'C'],
      ] as const) {
        workspace.write(file, `<xs:schema ${xsd}><xs:complexType name="${type}"/></xs:schema>`);
      }
      const problems = await workspace.refused();
      assert.equal(
        problems.map(({ construct, problem }) => `${construct} ${problem}`),
        [
          'UFTP-roles.xsd would be written to roles.ts, as would another part of the output',
          'own.xsd would be written to own.ts, as would UFTP-Own.xsd',
        ],
      );
    },
    ['UFTP-common.xsd'],
  ),
);
