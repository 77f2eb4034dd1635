import { assignment, type Assignment } from '../../../../../src/contract/assignment.ts';

/** An assignment of the action `demo.x` of the pack `demo`. */
export function assignmentOf(
  action: Partial<Assignment['action']>,
  runtime: Assignment['runtime'] = null,
): Assignment {
  return assignment.parse({
    execution: 7,
    epoch: 1,
    action: {
      ref: 'demo.x',
      runner_type: 'shell',
      entry_point: 'x.sh',
      parameter_delivery: 'stdin',
      parameter_format: 'json',
      output_format: 'text',
      ...action,
    },
    pack: { ref: 'demo', digest: 'd0' },
    runtime,
    parameters: {},
    secrets: [],
    timeout: 60,
  });
}
