-- Each schema once, in its normal text; its id is what values carry.
CREATE TABLE schemas (
    schema_id INTEGER PRIMARY KEY,
    text      TEXT    NOT NULL UNIQUE
) STRICT;

-- The versions 1, 2, 3 ... of each subject.
CREATE TABLE versions (
    subject   TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    schema_id INTEGER NOT NULL REFERENCES schemas (schema_id),
    PRIMARY KEY (subject, version)
) STRICT, WITHOUT ROWID;

-- The compatibility level of a subject; of all others under the empty name.
CREATE TABLE levels (
    subject TEXT PRIMARY KEY,
    level   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
