import { describe } from 'vitest';
import { tryConformance } from '../../integration/agent/try/try-conformance.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';

describe.skipIf(!requires('agent'))('try of the sealed agent', () => {
  tryConformance([agentFile]);
});
