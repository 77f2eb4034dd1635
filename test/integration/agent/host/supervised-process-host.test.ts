import { describeProcessHost } from './conformance.ts';
import { startSupervised } from './supervised.ts';

describeProcessHost(startSupervised);
