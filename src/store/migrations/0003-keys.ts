/** Secrets that are stored for packs. */
export const keys = /* sql */ `
-- A value is what a secret box of the servers' encryption key has made of it.
CREATE TABLE key (
  name     text PRIMARY KEY,
  sealed   text NOT NULL,
  created  timestamptz NOT NULL DEFAULT now(),
  updated  timestamptz NOT NULL DEFAULT now()
);
`;
