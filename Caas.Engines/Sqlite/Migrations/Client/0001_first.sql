-- The database of one client.
-- Ids are the 16 bytes of a UUID, big endian, but for users' (TEXT); times are Unix milliseconds.

-- The heads of the conversations, deleted ones included.
CREATE TABLE conversations (
    id BLOB NOT NULL PRIMARY KEY,
    type INTEGER NOT NULL,              -- ConversationType
    direct_key TEXT,
    name TEXT,
    history INTEGER NOT NULL,           -- HistoryAccess
    encrypted INTEGER NOT NULL,
    attributes TEXT,                    -- JSON object
    member_count INTEGER NOT NULL,
    owner_count INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    version INTEGER NOT NULL,
    members_version INTEGER NOT NULL,
    settings_version INTEGER NOT NULL,
    leaf_count INTEGER NOT NULL,        -- MerkleFrontier.Count
    leaf_peaks BLOB NOT NULL,           -- MerkleFrontier.Peaks
    last_position INTEGER NOT NULL,     -- changes.position of the newest change
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX conversations_direct ON conversations (direct_key)
    WHERE direct_key IS NOT NULL AND deleted_at IS NULL;

-- Present and past members.
CREATE TABLE members (
    conversation_id BLOB NOT NULL,
    user_id TEXT NOT NULL,
    role INTEGER NOT NULL,              -- MemberRole
    joined_at INTEGER NOT NULL,
    from_sequence INTEGER NOT NULL,
    last_read_sequence INTEGER NOT NULL,
    read_moved_at INTEGER NOT NULL,
    joined_version INTEGER NOT NULL,
    left_version INTEGER,               -- null while it lasts
    PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_user ON members (user_id, conversation_id);

CREATE TABLE messages (
    conversation_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    id BLOB NOT NULL,
    sender_id TEXT NOT NULL,
    client_message_id TEXT NOT NULL,
    text TEXT,
    attachments TEXT,                   -- JSON array of file ids; null for none
    reply_to BLOB,
    mentions TEXT,                      -- JSON array of user ids; null for none
    reactions TEXT,                     -- JSON object, emoji to count; null for none
    attributes TEXT,                    -- JSON object
    leaf BLOB NOT NULL,                 -- 32 bytes
    salt BLOB NOT NULL,                 -- empty once the content was erased
    fingerprint BLOB NOT NULL,          -- the same
    sent_version INTEGER NOT NULL,
    edits INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    pinned_at INTEGER,
    etag TEXT NOT NULL,
    PRIMARY KEY (conversation_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX messages_by_id ON messages (id);
CREATE UNIQUE INDEX messages_by_client_message ON messages (conversation_id, client_message_id, sender_id);
CREATE INDEX messages_by_reply ON messages (reply_to, sequence) WHERE reply_to IS NOT NULL;

CREATE TABLE revisions (
    conversation_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    number INTEGER NOT NULL,
    text TEXT,
    attributes TEXT,
    mentions TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, sequence, number)
) STRICT, WITHOUT ROWID;

-- By user before sequence: "mine" of a page is one range.
CREATE TABLE reactions (
    conversation_id BLOB NOT NULL,
    user_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    PRIMARY KEY (conversation_id, user_id, sequence, emoji)
) STRICT, WITHOUT ROWID;

-- The changes after message.sent that carry a message's content: what its deletion has to blank.
CREATE TABLE message_changes (
    conversation_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, sequence, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE merkle_nodes (
    conversation_id BLOB NOT NULL,
    height INTEGER NOT NULL,
    place INTEGER NOT NULL,             -- MerkleNode.Index
    hash BLOB NOT NULL,
    PRIMARY KEY (conversation_id, height, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    avatar_url TEXT,
    role TEXT NOT NULL,
    attributes TEXT,
    created_at INTEGER NOT NULL,
    etag TEXT NOT NULL                  -- the version of the user's newest change in the client's log
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id BLOB NOT NULL,
    application_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    generation INTEGER NOT NULL,
    rotated_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, id);

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
CREATE INDEX idempotency_by_subject ON idempotency (subject) WHERE subject IS NOT NULL;

-- The logs: of each conversation (log_id is its id) and the client's own (log_id is 16 zero bytes).
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
