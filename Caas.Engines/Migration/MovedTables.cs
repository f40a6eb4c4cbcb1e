namespace Caas.Engines.Migration;

/// <summary>
/// Every table of the embedded engines: what is moved, and what stays behind and why. A test holds it against the files,
/// so that a new table or column is not forgotten.
/// </summary>
internal static class MovedTables
{
    public static MovedTable Conversations { get; } = new(
        "conversations",
        ["id"],
        [
            "type", "direct_key", "name", "history", "encrypted", "attributes", "member_count", "owner_count", "last_sequence",
            "version", "members_version", "settings_version", "leaf_count", "leaf_peaks", "last_position", "created_at",
            "updated_at", "deleted_at",
        ]);

    public static MovedTable Messages { get; } = new(
        "messages",
        ["conversation_id", "sequence"],
        [
            "id", "sender_id", "client_message_id", "text", "attachments", "reply_to", "mentions", "reactions", "attributes",
            "leaf", "salt", "fingerprint", "sent_version", "edits", "created_at", "edited_at", "deleted_at", "pinned_at", "etag",
        ]);

    public static MovedTable Revisions { get; } = new(
        "revisions", ["conversation_id", "sequence", "number"], ["text", "attributes", "mentions", "at"]);

    public static MovedTable Reactions { get; } = new("reactions", ["conversation_id", "user_id", "sequence", "emoji"], []);

    public static MovedTable Links { get; } = new("message_changes", ["conversation_id", "sequence", "version"], []);

    public static MovedTable Nodes { get; } = new("merkle_nodes", ["conversation_id", "height", "place"], ["hash"]);

    public static MovedTable Changes { get; } = new(
        "changes", ["log_id", "version"], ["position", "type", "body", "trace_parent"]);

    public static MovedTable Members { get; } = new(
        "members",
        ["conversation_id", "user_id"],
        ["role", "joined_at", "from_sequence", "last_read_sequence", "read_moved_at", "joined_version", "left_version"]);

    public static MovedTable Users { get; } = new(
        "users", ["id"], ["name", "avatar_url", "role", "attributes", "created_at", "etag"]);

    public static MovedTable Sessions { get; } = new(
        "sessions",
        ["id"],
        ["user_id", "device_id", "application_id", "created_at", "expires_at", "revoked_at", "generation", "rotated_at"]);

    public static MovedTable Answers { get; } = new(
        "idempotency",
        ["caller", "key"],
        ["fingerprint", "status", "body", "etag", "location", "expires_at", "subject"],
        ends: "expires_at");

    public static MovedTable Clients { get; } = new(
        "clients",
        ["id"],
        ["name", "email", "created_at", "etag", "deleted_at", "per_user_per_minute", "per_key_per_minute"]);

    public static MovedTable Applications { get; } = new(
        "applications",
        ["client_id", "id"],
        ["name", "label", "allowed_origins", "created_at", "etag"],
        derived:
        [
            ("listed", """
                SELECT count(*) FROM application_origins o
                WHERE o.client_id = applications.client_id AND o.application_id = applications.id
                """),
        ]);

    public static MovedTable Origins { get; } = new("application_origins", ["origin", "client_id", "application_id"], []);

    public static MovedTable Keys { get; } = new(
        "api_keys",
        ["client_id", "id"],
        [
            "application_id", "name", "scopes", "created_at", "expires_at", "last_used_at", "public_part", "secret_hash",
            "revoked_at",
        ]);

    public static MovedTable SigningKeys { get; } = new(
        "signing_keys", ["id"], ["private_key", "created_at", "signs_from", "retires_at"]);

    public static MovedTable Secrets { get; } = new("secrets", ["name"], ["value"]);

    public static MovedTable Revocations { get; } = new("revocations", ["number"], ["client_id", "kind", "subject", "at"]);

    public static MovedTable DeadLetters { get; } = new(
        "dead_letters",
        ["id"],
        [
            "topic", "partition", "record_offset", "key", "event_id", "consumer", "attempts", "reason", "appended_at",
            "failed_at", "value", "trace_parent", "state",
        ]);

    /// <summary>What a conversation is made of. No row of these is written without a change in the conversation's log.</summary>
    public static IReadOnlyList<MovedTable> OfConversation { get; } =
        [Messages, Revisions, Reactions, Links, Nodes, Changes, Conversations];

    /// <summary>What else a client's file has, and is written without a change that says so.</summary>
    public static IReadOnlyList<MovedTable> BesideConversations { get; } = [Members, Sessions, Answers];

    /// <summary>The tables of a client's file.</summary>
    public static IReadOnlyList<MovedTable> Client { get; } = [Users, .. OfConversation, .. BesideConversations];

    /// <summary>The tables of the platform's file.</summary>
    public static IReadOnlyList<MovedTable> Platform { get; } =
        [Secrets, SigningKeys, Clients, Applications, Origins, Keys, Revocations, Answers, DeadLetters, Changes];

    /// <summary>What stays behind, by file and table, and why.</summary>
    public static IReadOnlyDictionary<string, string> Left { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["client/relay"] = "The place of the relay is set at the target when the rest is there.",
        ["client/migrations"] = "The target has a schema of its own.",
        ["platform/relay"] = "As a client's.",
        ["platform/migrations"] = "As a client's.",
        ["platform/client_databases"] = "What is still to be relayed is noted at the target from the places of the relay.",
        ["events/topics"] = "The cluster has an event stream of its own.",
        ["events/partitions"] = "The same.",
        ["events/batches"] = "The same. All of it was handled when the folder was closed, or the folder was not.",
        ["events/group_offsets"] = "The same.",
        ["events/migrations"] = "As a client's.",
        ["schemas/schemas"] = "The cluster has a schema registry of its own, and each service registers its schemas at its start.",
        ["schemas/versions"] = "The same.",
        ["schemas/levels"] = "The same.",
        ["schemas/migrations"] = "As a client's.",
    };
}
