-- The platform's database: clients and what belongs to them outside their own files.
-- Ids are the 16 bytes of a UUID, big endian; times are Unix milliseconds.

CREATE TABLE clients (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    etag TEXT NOT NULL,                 -- the version of the client's newest own change in this database's log
    deleted_at INTEGER                  -- set while it is being erased
) STRICT, WITHOUT ROWID;

CREATE INDEX clients_deleted ON clients (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE applications (
    client_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    allowed_origins TEXT NOT NULL,      -- JSON array
    created_at INTEGER NOT NULL,
    etag TEXT NOT NULL,
    PRIMARY KEY (client_id, id)
) STRICT, WITHOUT ROWID;

-- The same origins once more, to answer a preflight by one look-up.
CREATE TABLE application_origins (
    origin TEXT NOT NULL,
    client_id BLOB NOT NULL,
    application_id BLOB NOT NULL,
    PRIMARY KEY (origin, client_id, application_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX application_origins_by_application ON application_origins (client_id, application_id);

CREATE TABLE api_keys (
    client_id BLOB NOT NULL,
    id BLOB NOT NULL,
    application_id BLOB NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,               -- JSON array
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    public_part TEXT NOT NULL UNIQUE,
    secret_hash BLOB NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (client_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    private_key BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL,
    retires_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE revocations (
    number INTEGER PRIMARY KEY,         -- 1, 2, 3 ... without gaps
    client_id BLOB NOT NULL,
    kind INTEGER NOT NULL,              -- RevocationKind
    subject TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE client_databases (
    client_id BLOB NOT NULL PRIMARY KEY,
    relay_pending INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX client_databases_pending ON client_databases (relay_pending) WHERE relay_pending = 1;

CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    etag TEXT,
    location TEXT,
    expires_at INTEGER NOT NULL,
    subject BLOB,                       -- what the body shows, for its erasure: conversation id, sequence; null for none
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_end ON idempotency (expires_at);

-- The logs of this database, one a client: log_id is the client's id.
CREATE TABLE changes (
    position INTEGER PRIMARY KEY,       -- the order of the commits, over all logs; never used twice
    log_id BLOB NOT NULL,
    version INTEGER NOT NULL,           -- 1, 2, 3 ... of its log, without gaps
    type TEXT NOT NULL,
    body BLOB NOT NULL,                 -- the event as JSON
    trace_parent TEXT
) STRICT;

CREATE UNIQUE INDEX changes_by_log ON changes (log_id, version);

-- One row: the position up to which the relay has moved the changes.
CREATE TABLE relay (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    relay_position INTEGER NOT NULL
) STRICT;

INSERT INTO relay (one, relay_position) VALUES (1, 0);
