/**
 * @module `npm run fuzz`: documents of every version go to libxml2 and to the table walk; where they disagree it prints
 * the shortest document that shows it, writes it into corpus/ and exits with 1. The last line is the count of checks.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Folder } from '../codec/samples.ts';
import { writeCase } from './corpus.ts';
import { sourceOf } from './document.ts';
import { type Options, readOptions, UsageError, usage } from './options.ts';
import { checksOf, summary } from './report.ts';
import { addTally, emptyTally, type Failure, Session, type Tally } from './session.ts';
import type { Share } from './worker.ts';

/** Documents between two reports of a process. */
const block = 500;
/** How many failures of a version are printed and written. */
const failuresMax = 20;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  if (options.index !== undefined) {
    const results = await Promise.all(
      options.versions.map((folder) => showOne(folder, options, options.index ?? 0)),
    );
    return results.every(Boolean) ? 0 : 1;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const folder of options.versions) {
    const { points } = await sourceOf(folder);
    const started = performance.now();
    const tally = await runAll(folder, options);
    const checks = checksOf(
      tally,
      points.map(({ name }) => name),
    );
    if (options.coverage)
      printCoverage(
        points.map(({ name }) => name),
        tally,
      );
    console.log(summary(folder, checks, tally, (performance.now() - started) / 1000));
    for (const failure of tally.failures.slice(0, failuresMax)) printFailure(folder, options, failure);
    for (const { holds } of checks)
      counts[holds === undefined ? 'skipped' : holds ? 'passed' : 'failed'] += 1;
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 ? 0 : 1;
}

/** Runs all documents of a version, on several processes. */
async function runAll(folder: Folder, { n, seed, workers }: Options): Promise<Tally> {
  const sum = emptyTally();
  const step = Math.min(workers, Math.ceil(n / block));
  const started = performance.now();
  const processes = Array.from({ length: step }, (_, first) => {
    const share: Share = { folder, seed, n, block, first, step };
    return runShare(share, (part) => {
      addTally(sum, part);
      progress(folder, sum, n, (performance.now() - started) / 1000);
    });
  });
  await Promise.all(processes);
  sum.failures.sort((a, b) => a.index - b.index);
  return sum;
}

/** Runs a share in a process of its own, which takes over this one's arguments to Node. */
function runShare(share: Share, take: (part: Tally) => void): Promise<void> {
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), { serialization: 'advanced' });
  child.on('message', (part) => take(part as Tally));
  child.send(share);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a process of the fuzzer ended with ${code}`)),
    );
  });
}

function progress(folder: Folder, { documents, valid, failures }: Tally, n: number, seconds: number): void {
  if (!process.stderr.isTTY) return;
  const share = ((100 * valid) / documents).toFixed(1);
  const line = `${folder}: ${documents} of ${n}, ${Math.round(documents / seconds)}/s, ${share} % valid, ${failures.length} disagreements`;
  process.stderr.write(documents === n ? '\r\x1b[K' : `\r\x1b[K${line}`);
}

function printCoverage(points: readonly string[], tally: Tally): void {
  for (const point of points) console.log(`${String(tally.points[point] ?? 0).padStart(8)}  ${point}`);
}

function printFailure(version: Folder, { seed }: Options, failure: Failure): void {
  const { index, mutations, reason, bytes, isValid } = failure;
  const name = `found-${version}-${seed.replace(/[^\w.-]/g, '_')}-${index}`;
  const verdict = isValid ? 'valid' : 'refused'; // until somebody says otherwise, libxml2 is right
  const file = writeCase({ name, version, reason, ours: verdict, libxml2: verdict, bytes });
  console.log(`\n${version} ${index}: ${reason}\n  made by: ${mutations.join(', ')}`);
  console.log(`  again:   npm run fuzz -- --version ${version} --seed ${seed} --index ${index}`);
  console.log(`  written: ${file}\n${Buffer.from(bytes).toString()}\n`);
}

/** Prints one document with both verdicts. @returns true where they agree, or the difference is known */
async function showOne(folder: Folder, { seed }: Options, index: number): Promise<boolean> {
  const session = await Session.open(folder, seed);
  const { bytes, mutations } = session.document(index);
  const { issues, errors } = session.judge.judge(bytes);
  const tally = session.run(index, index + 1);
  console.log(
    `${folder} ${index}: ${mutations.join(', ') || 'as the model has it'}\n${Buffer.from(bytes).toString()}`,
  );
  console.log(`ours: ${issues.length === 0 ? 'valid' : JSON.stringify(issues, null, 2)}`);
  console.log(`libxml2: ${errors.length === 0 ? 'valid' : errors.join('\n  ')}`);
  for (const name of Object.keys(tally.known)) console.log(`known difference: ${name}`);
  for (const { reason, bytes: shortest } of tally.failures) {
    console.log(`${reason}\nshortest: ${Buffer.from(shortest).toString()}`);
  }
  return tally.failures.length === 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}; see npm run fuzz -- --help`);
  process.exitCode = 2;
}
