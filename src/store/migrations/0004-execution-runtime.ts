/** The runtime of an execution by its one name. */
export const executionRuntime = /* sql */ `
-- The name of the action's runtime in the table runtime, as aliases stood when the execution was requested.
ALTER TABLE execution ADD COLUMN runtime text;
UPDATE execution SET runtime = action.runtime FROM action
WHERE action.ref = execution.action AND execution.state IN ('requested', 'scheduled', 'running', 'canceling');
`;
