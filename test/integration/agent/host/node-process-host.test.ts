import { createNodeProcessHost } from '../../../../src/agent/host/node/node-process-host.ts';
import { describeProcessHost } from './conformance.ts';

describeProcessHost(createNodeProcessHost, ['ATTUNE_EXEC_MARK']);
