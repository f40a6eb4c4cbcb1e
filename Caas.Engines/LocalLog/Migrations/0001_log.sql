-- Topics by name; a topic keeps the number of partitions that it was made with.
CREATE TABLE topics (
    topic_id   INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    partitions INTEGER NOT NULL CHECK (partitions > 0)
) STRICT;

-- start_offset: the first offset that retention kept. It is also where a partition without batches goes on, so that
-- offsets never begin again.
CREATE TABLE partitions (
    partition_id INTEGER PRIMARY KEY,
    topic_id     INTEGER NOT NULL REFERENCES topics (topic_id),
    number       INTEGER NOT NULL,
    start_offset INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic_id, number)
) STRICT;

-- One row for each append batch and partition. The key is (partition_id << 40) | base_offset in one number, so that the
-- rows of a partition lie side by side and an append touches one B-tree only.
-- end_bytes: the bytes ever appended to the partition, this batch included; the difference of two rows is what lies
-- between them, without reading it.
CREATE TABLE batches (
    position     INTEGER PRIMARY KEY,
    record_count INTEGER NOT NULL CHECK (record_count > 0),
    appended_at  INTEGER NOT NULL,
    end_bytes    INTEGER NOT NULL,
    body         BLOB    NOT NULL,
    base_offset  INTEGER GENERATED ALWAYS AS (position & 0xFFFFFFFFFF) VIRTUAL
) STRICT;

-- Where each consumer group goes on.
CREATE TABLE group_offsets (
    partition_id INTEGER NOT NULL,
    group_name   TEXT    NOT NULL,
    next_offset  INTEGER NOT NULL,
    PRIMARY KEY (partition_id, group_name)
) STRICT, WITHOUT ROWID;
