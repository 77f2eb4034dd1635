/** The record of truth. */
export const initial = /* sql */ `
-- The record of truth. Times are of the database's clock; JSON whose text must survive unchanged is json, not jsonb.

CREATE TABLE pack (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ref         text NOT NULL UNIQUE,
  definition  json NOT NULL,
  digest      text NOT NULL,
  created     timestamptz NOT NULL DEFAULT now(),
  updated     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE action (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ref         text NOT NULL UNIQUE,
  pack        bigint NOT NULL REFERENCES pack (id) ON DELETE CASCADE,
  runtime     text NOT NULL,
  definition  json NOT NULL,
  created     timestamptz NOT NULL DEFAULT now(),
  updated     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX action_by_pack ON action (pack);

CREATE TABLE runtime (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             text NOT NULL UNIQUE,
  ref              text NOT NULL,
  pack             bigint REFERENCES pack (id) ON DELETE CASCADE,
  aliases          text[] NOT NULL DEFAULT '{}',
  definition       json NOT NULL,
  auto_detected    boolean NOT NULL DEFAULT false,
  detection_config json NOT NULL DEFAULT '{}',
  created          timestamptz NOT NULL DEFAULT now(),
  updated          timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE runtime_version (
  runtime  bigint NOT NULL REFERENCES runtime (id) ON DELETE CASCADE,
  version  text NOT NULL,
  created  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (runtime, version)
);

CREATE TABLE pool (
  name             text PRIMARY KEY,
  capabilities     json NOT NULL,
  capability_hash  text NOT NULL,
  created          timestamptz NOT NULL DEFAULT now(),
  updated          timestamptz NOT NULL DEFAULT now()
);

-- One row a running agent: an agent that starts again is a new worker, whatever its name.
CREATE TABLE worker (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name          text NOT NULL,
  pool          text NOT NULL REFERENCES pool (name),
  status        text NOT NULL DEFAULT 'online' CHECK (status IN ('online', 'offline', 'lost', 'replaced')),
  cordoned      boolean NOT NULL DEFAULT false,
  slots         integer NOT NULL CHECK (slots > 0),
  busy          integer NOT NULL DEFAULT 0,
  capabilities  json NOT NULL,
  agent         json NOT NULL,
  heartbeat     timestamptz NOT NULL DEFAULT now(),
  created       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX worker_online ON worker (pool) WHERE status = 'online';
CREATE INDEX worker_by_name ON worker (name) WHERE status = 'online';

CREATE TABLE execution (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action             text NOT NULL,
  state              text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'scheduled', 'running',
                       'canceling', 'completed', 'failed', 'timeout', 'cancelled', 'abandoned')),
  epoch              integer NOT NULL DEFAULT 0,
  attempts           integer NOT NULL DEFAULT 0,
  parameters         json NOT NULL,
  secret_parameters  text,
  requirement        json NOT NULL,
  timeout            double precision NOT NULL,
  retry              json,
  pool               text,
  worker             bigint,
  waiting_reason     text,
  published          timestamptz,
  result             json,
  requested          timestamptz NOT NULL DEFAULT now(),
  scheduled          timestamptz,
  started            timestamptz,
  finished           timestamptz
);
-- One index for each question that is asked again and again: small, because only the rows of one state are in it.
CREATE INDEX execution_requested ON execution (id) WHERE state = 'requested';
CREATE INDEX execution_scheduled ON execution (pool, scheduled, id) WHERE state = 'scheduled';
CREATE INDEX execution_unpublished ON execution (scheduled) WHERE state = 'scheduled' AND published IS NULL;
CREATE INDEX execution_published ON execution (pool, published) WHERE state = 'scheduled' AND published IS NOT NULL;
CREATE INDEX execution_attempt ON execution (worker) WHERE state IN ('running', 'canceling');
CREATE INDEX execution_unsuccessful ON execution (state, id) WHERE state IN ('failed', 'timeout', 'cancelled', 'abandoned');
CREATE INDEX execution_by_action ON execution (action, id);

-- Bytes as they were written, after masking; their offset is their order. No foreign key: every insert is fenced by the epoch.
CREATE TABLE execution_log (
  execution    bigint NOT NULL,
  epoch        integer NOT NULL,
  stream       text NOT NULL CHECK (stream IN ('stdout', 'stderr')),
  byte_offset  bigint NOT NULL,
  bytes        bytea NOT NULL,
  written      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (execution, epoch, stream, byte_offset)
);
`;
