import { describe } from 'vitest';
import { connecting } from './connecting.ts';
import { consuming } from './consuming.ts';
import { cordoning } from './cordoning.ts';
import { fetchingKeys } from './fetching-keys.ts';
import { hearing } from './hearing.ts';
import { leaving } from './leaving.ts';
import { registering } from './registering.ts';
import { renewing } from './renewing.ts';
import { packs } from './packs.ts';
import type { LinkKind } from './scene.ts';
import { succeeding } from './succeeding.ts';
import { writing } from './writing.ts';

/** What every link promises (src/agent/link/link.ts), whatever it goes over. */
export function linkConformance(name: string, kind: LinkKind): void {
  describe(`the link ${name}`, () => {
    describe('connecting', () => {
      connecting(kind);
    });
    describe('registering', () => {
      registering(kind);
    });
    describe('renewing', () => {
      renewing(kind);
    });
    describe('consuming', () => {
      consuming(kind);
    });
    describe('cordoning', () => {
      cordoning(kind);
    });
    describe('fetching keys', () => {
      fetchingKeys(kind);
    });
    describe('packs', () => {
      packs(kind);
    });
    describe('hearing', () => {
      hearing(kind);
    });
    describe('succeeding', () => {
      succeeding(kind);
    });
    describe('writing', () => {
      writing(kind);
    });
    describe('leaving', () => {
      leaving(kind);
    });
  });
}
