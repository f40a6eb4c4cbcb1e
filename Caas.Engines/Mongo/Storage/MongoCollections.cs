namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// The collections of the two kinds of databases, what a document of each holds, and its fields. The platform's database
/// is <c>caas_platform</c>, a client's <c>caas_client_...</c>, made at its first write.
/// </summary>
/// <remarks>
/// Ids are UUIDs (binary, subtype 4): 16 bytes where the text has 30 and more, in every index again, and in the same
/// order, which is that of time. Users' ids are text, times are BSON dates, versions and sequences 64-bit integers. What
/// is null is not there. Field names are short because every document repeats them.
/// </remarks>
internal static class MongoCollections
{
    /// <summary>
    /// Heads, deleted ones included. <c>{ _id, t: type, direct?, name?, history, encrypted, attributes?: JSON text,
    /// members, owners, n: last sequence, v: version, mv, sv, leaves, peaks, p: position of the newest change, at,
    /// updated, deleted? }</c>
    /// </summary>
    public const string Conversations = "conversations";

    /// <summary>Present and past. <c>{ _id: { c, u }, role, joined, from, read, moved, jv, lv? }</c></summary>
    public const string Members = "members";

    /// <summary>
    /// <c>{ _id, k: { c, u: sender, m: clientMessageId }, n, text?, files?, reply?, mentions?, reactions?: [{ e, n }],
    /// attributes?, leaf, salt, print, v: version of the send, edits, at, edited?, deleted?, pinned?, etag }</c>
    /// </summary>
    public const string Messages = "messages";

    /// <summary>Earlier texts. <c>{ _id: { c, n, i: number }, text?, attributes?, mentions?, at }</c></summary>
    public const string Revisions = "revisions";

    /// <summary>By user before sequence: "mine" of a page is one range. <c>{ _id: { c, u, n, e: emoji } }</c></summary>
    public const string Reactions = "reactions";

    /// <summary>The later changes that carry a message's content: what its deletion blanks. <c>{ _id: { c, n, v } }</c></summary>
    public const string Links = "links";

    /// <summary>Merkle nodes. <c>{ _id: { c, h: height, i: index }, hash }</c></summary>
    public const string Nodes = "nodes";

    /// <summary><c>{ _id: text, name?, avatar?, role, attributes?, at, etag }</c></summary>
    public const string Users = "users";

    /// <summary><c>{ _id, u, device, app, at, ends, revoked?, g: generation, rotated? }</c></summary>
    public const string Sessions = "sessions";

    /// <summary>
    /// Answers, in both kinds. <c>{ _id: { a: caller, k: key }, print, status, body, etag?, location?, ends, c?, n? }</c>;
    /// the last two say what the body shows, for its erasure.
    /// </summary>
    public const string Idempotency = "idempotency";

    /// <summary>
    /// The logs, in both kinds. <c>{ _id: position, l: log, v: version, t: type, b: the event as UTF-8 JSON, the bytes that
    /// sync and sockets send, tp?: traceparent }</c>. A log is a conversation's id, in a client's database the zero UUID
    /// for the client's own, in the platform's the client's id. Positions are the order of the commits, without gaps.
    /// </summary>
    public const string Changes = "changes";

    /// <summary>
    /// In both kinds: <c>{ _id: "changes", p: the newest position }</c> and <c>{ _id: "schema", v: version }</c>; in the
    /// platform's <c>{ _id: "signing_keys", v: how often one was added }</c>.
    /// </summary>
    public const string Counters = "counters";

    /// <summary>
    /// Platform. <c>{ _id, name, email, at, etag, deleted?, perUser?, perKey?, placement }</c>; the placement names the
    /// deployment that holds the client's database, one of <see cref="MongoPlacements"/>.
    /// </summary>
    public const string Clients = "clients";

    /// <summary>Platform. <c>{ _id, c, name, label, origins, listed?: the origins that preflights find, at, etag }</c></summary>
    public const string Applications = "applications";

    /// <summary>Platform. <c>{ _id, c, app, name, scopes, at, ends?, used?, part, hash, revoked? }</c></summary>
    public const string Keys = "api_keys";

    /// <summary>Platform. <c>{ _id: kid, key: PKCS #8, at, from, ends? }</c></summary>
    public const string SigningKeys = "signing_keys";

    /// <summary>Platform. <c>{ _id: name, value }</c></summary>
    public const string Secrets = "secrets";

    /// <summary>Platform. <c>{ _id: 1, 2, 3 ..., c, t: kind, subject, at }</c></summary>
    public const string Revocations = "revocations";

    /// <summary>
    /// Platform. <c>{ _id: client id, the zero UUID for the platform's own, p: relayed position, last: known position,
    /// pending }</c>, <c>{ _id: "stream", token }</c>, of a further
    /// deployment <c>{ _id: "stream:NAME", token }</c>, and <c>{ _id: "lease", holder, beat }</c>.
    /// </summary>
    public const string Relays = "relays";

    /// <summary>
    /// Platform. <c>{ _id, topic, partition, offset, key, event?, consumer, attempts, reason, at, failed, value, tp?, t: state }</c>
    /// </summary>
    public const string DeadLetters = "dead_letters";

    /// <summary>
    /// Platform, and only where a deployment was moved here from a folder. <c>{ _id: "move", move, source, done }</c>, and how far
    /// each database is: <c>{ _id: its name, progress: JSON text }</c>.
    /// </summary>
    public const string Arrival = "arrival";

    /// <summary>The counter of the positions.</summary>
    public const string ChangesCounter = "changes";

    /// <summary>The document of the schema's version.</summary>
    public const string SchemaCounter = "schema";
}
