/** @module Steps of restriction are taken together; a step that is looser than its base, or makes no sense, is refused. */

import type { SimpleType } from '../../codegen/model.ts';
import { assert, suite } from '../support/suite.ts';
import { inWorkspace, ownDeclarations } from './workspace.ts';

const test = suite('codegen: facets');

/** Facets, written `name=value`, of each step of restriction, the first one of a built-in type. */
type Steps = readonly [base: string, ...steps: (readonly string[])[]];

function declare([base, ...steps]: Steps): string {
  const declarations = steps.map((facets, index) => {
    const content = facets.map((facet) => {
      const [name, ...value] = facet.split('=');
      return `<xs:${name} value="${value.join('=').replace(/</g, '&lt;').replace(/\n/g, '&#10;')}"/>`;
    });
    const from = index === 0 ? `xs:${base}` : `Own${index - 1}Type`;
    return `<xs:simpleType name="Own${index}Type"><xs:restriction base="${from}">\n${content.join('\n')}\n</xs:restriction></xs:simpleType>`;
  });
  // The last one comes first: the order of declarations means nothing.
  return declarations.reverse().join('\n');
}

// biome-ignore format: one case to a line
const taken: readonly (readonly [steps: Steps, facets: SimpleType['facets']])[] = [
  [['string', []], {}],
  [['string', ['pattern=a', 'pattern=b'], ['pattern=[ab]']], { patterns: [['a', 'b'], ['[ab]']] }],
  [['string', ['minLength=1'], ['maxLength=5'], ['minLength=2']], { minLength: 2, maxLength: 5 }],
  [['string', ['length=3']], { minLength: 3, maxLength: 3 }],
  [['string', ['maxLength=5'], ['length=3']], { minLength: 3, maxLength: 3 }],
  [['string', ['enumeration=a', 'enumeration=b', 'enumeration=c'], ['enumeration=b']], { enumeration: ['b'] }],
  [['string', ['whiteSpace=replace'], ['whiteSpace=collapse']], { whiteSpace: 'collapse' }],
  [['token', ['whiteSpace=collapse', 'enumeration= a  b ']], { enumeration: ['a b'] }],
  [['token', ['whiteSpace=collapse']], {}],
  [['decimal', ['totalDigits=5'], ['fractionDigits=2'], ['totalDigits=4']], { totalDigits: 4, fractionDigits: 2 }],
  [['decimal', ['minInclusive=0', 'maxExclusive=10'], ['minExclusive=0']], { min: { value: '0', exclusive: true }, max: { value: '10', exclusive: true } }],
  [['decimal', ['minExclusive=-0.50'], ['minInclusive=-.4']], { min: { value: '-.4', exclusive: false } }],
  [['decimal', ['maxInclusive=1.00'], ['maxInclusive=1']], { max: { value: '1', exclusive: false } }],
  [['integer', ['minInclusive= 5 ', 'totalDigits=3', 'fractionDigits=0']], { min: { value: '5', exclusive: false }, totalDigits: 3, fractionDigits: 0 }],
  [['long', ['maxExclusive=9223372036854775807']], { max: { value: '9223372036854775807', exclusive: true } }],
  [['dateTime', ['pattern=.*Z']], { patterns: [['.*Z']] }],
  [['base64Binary', ['maxLength=64']], { maxLength: 64 }],
  [['hexBinary', ['length=16']], { minLength: 16, maxLength: 16 }],
];
for (const [steps, facets] of taken) {
  const [base, ...restrictions] = steps;
  test(
    `${base} restricted by ${restrictions.map((step) => step.join(' ')).join(', then ')} has these facets taken together.`,
    inWorkspace(
      async (workspace) => {
        ownDeclarations(workspace, `☞${declare(steps)}`);
        const { model } = await workspace.generate();
        const type = model.simpleTypes.find(({ name }) => name === `Own${restrictions.length - 1}Type`);
        assert.is(type?.base, `xs:${base}`);
        assert.equal(type?.facets, facets);
      },
      ['UFTP-common.xsd'],
    ),
  );
}

// biome-ignore format: one case to a line
const refused: readonly (readonly [steps: Steps, construct: string, problem: string])[] = [
  [['string', ['pattern=(']], 'xs:pattern', '"(" without ")"'],
  [['string', ['minInclusive=1']], 'xs:minInclusive', 'is not supported on values of kind string'],
  [['decimal', ['enumeration=1']], 'xs:enumeration', 'is not supported on values of kind decimal'],
  [['integer', ['minLength=1']], 'xs:minLength', 'is not supported on values of kind integer'],
  [['date', ['minInclusive=2020-01-01']], 'xs:minInclusive', 'is not supported on values of kind date'],
  [['dateTime', ['enumeration=2020-01-01T00:00:00']], 'xs:enumeration', 'is not supported on values of kind dateTime'],
  [['boolean', ['length=1']], 'xs:length', 'is not supported on values of kind boolean'],
  [['base64Binary', ['pattern=a']], 'xs:pattern', 'is not supported on values of kind base64Binary'],
  [['string', ['minLength=-1']], 'xs:minLength', '"-1" is not a count'],
  [['string', ['minLength=x']], 'xs:minLength', '"x" is not a count'],
  [['string', ['minLength=1', 'minLength=2']], 'xs:minLength', 'stands there twice'],
  [['string', ['length=1', 'maxLength=2']], 'xs:length', 'stands beside minLength or maxLength'],
  [['string', ['minLength=3', 'maxLength=2']], 'xs:minLength', 'minLength exceeds maxLength'],
  [['string', ['minLength=3'], ['minLength=2']], 'xs:minLength', 'not within what the base allows'],
  [['string', ['maxLength=3'], ['maxLength=4']], 'xs:maxLength', 'not within what the base allows'],
  [['string', ['maxLength=3'], ['minLength=4']], 'xs:minLength', 'not within what the base allows'],
  [['string', ['length=3'], ['length=4']], 'xs:length', 'not within what the base allows'],
  [['string', ['whiteSpace=collapse'], ['whiteSpace=replace']], 'xs:whiteSpace', 'looser than the base'],
  [['token', ['whiteSpace=preserve']], 'xs:whiteSpace', 'looser than the base'],
  [['decimal', ['whiteSpace=replace']], 'xs:whiteSpace', 'looser than the base'],
  [['string', ['whiteSpace=squeeze']], 'xs:whiteSpace', '"squeeze" is unknown'],
  [['string', ['enumeration=a'], ['enumeration=b']], 'xs:enumeration', '"b" is not one of a'],
  [['string', ['pattern=a+'], ['enumeration=b']], 'xs:enumeration', '"b" does not match a+'],
  [['string', ['maxLength=1'], ['enumeration=bb']], 'xs:enumeration', '"bb" is too long'],
  [['string', ['enumeration=a', 'enumeration=a']], 'xs:enumeration', '"a" stands there twice'],
  [['integer', ['minInclusive=1.5']], 'xs:minInclusive', 'not a value of kind integer'],
  [['integer', ['maxInclusive=9007199254740992']], 'xs:maxInclusive', 'beyond what a number carries'],
  [['decimal', ['minInclusive=x']], 'xs:minInclusive', 'not a value of kind decimal'],
  [['decimal', ['minInclusive=1', 'minExclusive=1']], 'xs:minExclusive', 'stands beside minInclusive'],
  [['decimal', ['minInclusive=2', 'maxInclusive=1']], 'xs:minInclusive', 'the bounds leave no value'],
  [['decimal', ['minInclusive=1', 'maxExclusive=1']], 'xs:minInclusive', 'the bounds leave no value'],
  [['positiveInteger', ['maxInclusive=0']], 'xs:maxInclusive', 'the bounds leave no value'],
  [['decimal', ['minInclusive=1'], ['minInclusive=0.9']], 'xs:minInclusive', 'not within what the base allows'],
  [['decimal', ['minExclusive=1'], ['minInclusive=1']], 'xs:minInclusive', 'not within what the base allows'],
  [['decimal', ['maxInclusive=1'], ['maxInclusive=1.01']], 'xs:maxInclusive', 'not within what the base allows'],
  [['positiveInteger', ['minInclusive=0']], 'xs:minInclusive', 'not within what the base allows'],
  [['byte', ['maxInclusive=128']], 'xs:maxInclusive', 'not within what the base allows'],
  [['long', ['maxInclusive=9223372036854775808']], 'xs:maxInclusive', 'not within what the base allows'],
  [['decimal', ['totalDigits=0']], 'xs:totalDigits', 'is 0'],
  [['decimal', ['totalDigits=2', 'fractionDigits=3']], 'xs:totalDigits', 'fractionDigits exceeds totalDigits'],
  [['decimal', ['totalDigits=2'], ['totalDigits=3']], 'xs:totalDigits', 'not within what the base allows'],
  [['decimal', ['fractionDigits=2'], ['fractionDigits=3']], 'xs:fractionDigits', 'not within what the base allows'],
  [['integer', ['fractionDigits=1']], 'xs:fractionDigits', 'not within what the base allows'],
];
for (const [steps, construct, problem] of refused) {
  const [base, ...restrictions] = steps;
  test(
    `${base} restricted by ${restrictions.map((step) => step.join(' ')).join(', then ')} is refused: ${problem}.`,
    inWorkspace(
      async (workspace) => {
        ownDeclarations(workspace, `☞${declare(steps)}`);
        const problems = await workspace.refused();
        assert.ok(
          problems.some((one) => one.construct === construct && one.problem.includes(problem)),
          JSON.stringify(problems),
        );
      },
      ['UFTP-common.xsd'],
    ),
  );
}

test(
  'A type without facets left to say takes those of its built-in base.',
  inWorkspace(
    async (workspace) => {
      ownDeclarations(workspace, `☞${declare(['unsignedByte', []])}`);
      await workspace.generate();
      assert.match(
        workspace.read('scalars.ts'),
        "export const own0Scalar: Scalar<Own0> = /*@__PURE__*/ scalar('Own0Type', xsUnsignedByte, {});",
      );
    },
    ['UFTP-common.xsd'],
  ),
);
