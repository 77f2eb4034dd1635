import { describe } from 'vitest';
import { sourceAgent } from '../../../support/try.ts';
import { javascriptConformance } from './javascript-conformance.ts';
import { packagesConformance } from './packages-conformance.ts';
import { wasmConformance } from './wasm-conformance.ts';

describe('javascript', () => {
  javascriptConformance(sourceAgent);
});

describe('javascript-install', () => {
  packagesConformance(sourceAgent);
});

describe('wasm', () => {
  wasmConformance(sourceAgent);
});
