-- What consumer groups could not handle, where the operator reads it.

CREATE TABLE dead_letters (
    id BLOB NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    record_offset INTEGER NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT,
    consumer TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    appended_at INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    value BLOB NOT NULL,                -- empty where the letter is done with
    trace_parent TEXT,
    state INTEGER NOT NULL              -- DeadLetterState
) STRICT;

CREATE INDEX dead_letters_waiting ON dead_letters (id) WHERE state = 0;

CREATE INDEX dead_letters_by_end ON dead_letters (failed_at);
