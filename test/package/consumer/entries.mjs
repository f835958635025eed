// Imports the modules that are named as arguments, and prints what each one exports, as JSON.

import { argv } from 'node:process';

const exported = {};
for (const specifier of argv.slice(2)) exported[specifier] = Object.keys(await import(specifier)).sort();
console.log(JSON.stringify(exported));
