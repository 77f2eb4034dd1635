// How long a number of milliseconds is, in words. The package "ms" comes from package.json beside pack.yaml.
const { readFileSync } = require('node:fs');
const ms = require('ms');

const { milliseconds } = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify({ long: ms(milliseconds, { long: true }), node: process.version }));
