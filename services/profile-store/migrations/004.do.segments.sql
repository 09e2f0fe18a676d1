-- A segment's identity, and which of its versions is in force. Content is in segment_versions.
CREATE TABLE segments (
  project text NOT NULL,
  id text NOT NULL,
  -- The newest there ever was.
  version integer NOT NULL,
  -- Set when it was deleted; its versions stay. Saving it again brings it back with the next one.
  deleted_at timestamptz,
  PRIMARY KEY (project, id)
);

CREATE TABLE segment_versions (
  project text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  -- JSON of the contract's Segment, byte for byte as it is published.
  definition text NOT NULL,
  published_at timestamptz NOT NULL,
  published_by text NOT NULL,
  PRIMARY KEY (project, id, version),
  FOREIGN KEY (project, id) REFERENCES segments (project, id)
);
