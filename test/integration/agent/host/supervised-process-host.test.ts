import { describeProcessHost } from './conformance.ts';
import { describeSupervisors, startSupervised } from './supervised.ts';

describeSupervisors((supervisor) => {
  describeProcessHost(() => startSupervised(supervisor()));
});
