CREATE TABLE console.users (
  id            text PRIMARY KEY,
  email         text NOT NULL UNIQUE CHECK (email = lower(email)),
  name          text NOT NULL,
  password_hash text NOT NULL,
  operator      boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE console.projects (
  id              text PRIMARY KEY,
  name            text NOT NULL,
  time_zone       text NOT NULL,
  currency        text NOT NULL,
  partitions      integer NOT NULL,
  dedup_window_ms bigint NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE console.members (
  project  text NOT NULL REFERENCES console.projects (id) ON DELETE CASCADE,
  user_id  text NOT NULL REFERENCES console.users (id) ON DELETE CASCADE,
  role     text NOT NULL CHECK (role IN ('viewer', 'editor', 'approver', 'owner')),
  PRIMARY KEY (project, user_id)
);

CREATE TABLE console.keys (
  id         text PRIMARY KEY,
  project    text NOT NULL REFERENCES console.projects (id) ON DELETE CASCADE,
  name       text NOT NULL,
  scopes     text[] NOT NULL,
  sha256     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE INDEX keys_project ON console.keys (project);

CREATE TABLE console.signing_keys (
  id          text PRIMARY KEY,
  private_jwk jsonb NOT NULL,
  public_jwk  jsonb NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE console.sessions (
  token_sha256 text PRIMARY KEY,
  user_id      text NOT NULL REFERENCES console.users (id) ON DELETE CASCADE,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_expires_at ON console.sessions (expires_at);

CREATE TABLE console.audit (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  actor   text NOT NULL,
  project text,
  action  text NOT NULL,
  target  text NOT NULL,
  detail  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_project_at ON console.audit (project, at);

-- What still has to be said on hermes.control; written in the transaction of the change, removed after Kafka's acknowledgement.
CREATE TABLE console.control_outbox (
  seq   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key   text NOT NULL,
  value jsonb
);
