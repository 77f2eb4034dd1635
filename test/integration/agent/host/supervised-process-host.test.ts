import { startSupervised } from './supervised.ts';
import { describeProcessHost } from './conformance.ts';

describeProcessHost(startSupervised, []);
