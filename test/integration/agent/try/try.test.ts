import { describe } from 'vitest';
import { sourceAgent } from '../../../support/try.ts';
import { tryConformance } from './try-conformance.ts';

describe('attune-agent try', () => {
  tryConformance(sourceAgent);
});
