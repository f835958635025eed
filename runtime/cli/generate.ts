/** @module `uftp generate` and `uftp diff`: code from XSDs, and in words what changed between two versions. */

import { type Command, need, readArguments, UsageError } from './command.ts';
import { writeOutput } from './files.ts';
