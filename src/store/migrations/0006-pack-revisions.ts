/** Packs as they were: what an execution was requested with is what it runs with. */
export const packRevisions = /* sql */ `
-- Content-addressed: pack.yaml, which holds the ref, is part of what the digest is made of. Without an archive where the pack was
-- registered by a program that kept none. retired: since when another revision is the current one.
CREATE TABLE pack_revision (
  digest        text PRIMARY KEY,
  ref           text NOT NULL,
  definition    json NOT NULL,
  archive_size  bigint,
  created       timestamptz NOT NULL DEFAULT now(),
  retired       timestamptz
);
CREATE INDEX pack_revision_by_ref ON pack_revision (ref);

-- runtime: the definition that the pack itself brings for the action, where it does.
CREATE TABLE action_revision (
  digest      text NOT NULL REFERENCES pack_revision (digest) ON DELETE CASCADE,
  action      text NOT NULL,
  definition  json NOT NULL,
  runtime     json,
  PRIMARY KEY (digest, action)
);

CREATE TABLE pack_archive (
  digest  text NOT NULL REFERENCES pack_revision (digest) ON DELETE CASCADE,
  part    integer NOT NULL,
  bytes   bytea NOT NULL,
  PRIMARY KEY (digest, part)
);
-- It is compressed already.
ALTER TABLE pack_archive ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Null in what was requested before there were revisions: it runs with what is current.
ALTER TABLE execution ADD COLUMN pack_digest text;

INSERT INTO pack_revision (digest, ref, definition) SELECT digest, ref, definition FROM pack ON CONFLICT DO NOTHING;
INSERT INTO action_revision (digest, action, definition)
SELECT pack.digest, action.ref, action.definition FROM action JOIN pack ON pack.id = action.pack ON CONFLICT DO NOTHING;
`;
