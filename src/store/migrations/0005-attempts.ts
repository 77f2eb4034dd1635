/** What became of attempts that were followed by another one. */
export const attempts = /* sql */ `
-- The last attempt of an execution is the row of the execution itself: those that need no second try cost nothing here.
CREATE TABLE attempt (
  execution  bigint NOT NULL,
  epoch      integer NOT NULL,
  state      text NOT NULL CHECK (state IN ('failed', 'timeout', 'abandoned')),
  result     json NOT NULL,
  pool       text,
  worker     bigint,
  scheduled  timestamptz,
  started    timestamptz,
  finished   timestamptz NOT NULL,
  PRIMARY KEY (execution, epoch)
);

-- An execution that is to be tried again waits until then.
ALTER TABLE execution ADD COLUMN not_before timestamptz;
-- One that somebody asked for again.
ALTER TABLE execution ADD COLUMN retry_of bigint;

UPDATE execution SET retry = CASE WHEN (retry ->> 'on_worker_lost')::boolean THEN
  json_build_object('max_attempts', retry -> 'max_attempts', 'delay', 0, 'backoff', 1, 'on', json_build_array('worker_lost')) END
WHERE retry IS NOT NULL;
`;
