-- Where rules look up what no event says. The headers of a request are kept apart from the rest, encrypted.
CREATE TABLE lookups (
  project text NOT NULL,
  id text NOT NULL,
  -- Counts its changes.
  version integer NOT NULL,
  -- json, not jsonb: as the person wrote it, without the headers.
  draft json NOT NULL,
  -- Their names, in order.
  header_names text[] NOT NULL DEFAULT '{}',
  sealed_headers text,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL,
  PRIMARY KEY (project, id)
);
