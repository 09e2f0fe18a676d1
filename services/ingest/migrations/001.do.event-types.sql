-- The event catalogue. A row is one immutable version of an event type; the newest version is in force. What stands on
-- `<project>.event-types` is made from these rows, so a crash between the two is made good by publishing again.
CREATE TABLE event_type (
  project     text        NOT NULL,
  type        text        NOT NULL,
  version     integer     NOT NULL CHECK (version > 0),
  -- EventType as JSON text, byte for byte as it is published
  definition  text        NOT NULL,
  created_at  timestamptz NOT NULL,
  created_by  text        NOT NULL,
  PRIMARY KEY (project, type, version)
);
