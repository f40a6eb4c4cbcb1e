namespace Caas.Domain.Errors;

/// <summary>Every refusal that the product gives. <c>docs/errors.md</c> lists the same, and a test compares the two.</summary>
public static class ErrorCatalogue
{
    /// <summary>The body is not JSON, or a key stands twice in one object.</summary>
    public static readonly ErrorCode MalformedJson = new("malformed_json", 400, "The body is not well-formed JSON.");

    /// <summary>The request breaks HTTP itself.</summary>
    public static readonly ErrorCode BadRequest = new("bad_request", 400, "The request is not well-formed.");

    /// <summary>A cursor was altered, or belongs to another query or caller.</summary>
    public static readonly ErrorCode InvalidCursor = new("invalid_cursor", 400, "The cursor is not one of this query.");

    /// <summary>No credential was sent.</summary>
    public static readonly ErrorCode Unauthenticated = new("unauthenticated", 401, "A credential is needed.");

    /// <summary>The credential is unknown, altered or malformed.</summary>
    public static readonly ErrorCode InvalidCredential = new("invalid_credential", 401, "The credential is not valid.");

    /// <summary>The access token, API key or refresh token is past its end.</summary>
    public static readonly ErrorCode CredentialExpired = new("credential_expired", 401, "The credential has expired.");

    /// <summary>The session was ended: by its user, by the client, or because a used refresh token came again.</summary>
    public static readonly ErrorCode SessionRevoked = new("session_revoked", 401, "The session was ended.");

    /// <summary>The caller may not do this.</summary>
    public static readonly ErrorCode Forbidden = new("forbidden", 403, "The caller may not do this.");

    /// <summary>The API key lacks the scope that the operation needs.</summary>
    public static readonly ErrorCode InsufficientScope = new("insufficient_scope", 403, "The API key lacks a scope.");

    /// <summary>The request comes from a web page that the credential's application does not list.</summary>
    public static readonly ErrorCode OriginNotAllowed = new("origin_not_allowed", 403, "The origin is not listed.");

    /// <summary>Nothing is there for this caller: unknown, another client's, or not for them to see.</summary>
    public static readonly ErrorCode NotFound = new("not_found", 404, "Nothing was found here.");

    /// <summary>The path exists, the method does not.</summary>
    public static readonly ErrorCode MethodNotAllowed = new("method_not_allowed", 405, "The method does not exist here.");

    /// <summary>The resource contradicts one that exists.</summary>
    public static readonly ErrorCode Conflict = new("conflict", 409, "The resource contradicts one that exists.");

    /// <summary>The clientMessageId was used for other content.</summary>
    public static readonly ErrorCode ClientMessageIdReused =
        new("client_message_id_reused", 409, "The clientMessageId was used for another message.");

    /// <summary>The user is a member already.</summary>
    public static readonly ErrorCode AlreadyMember = new("already_member", 409, "The user is a member already.");

    /// <summary>The conversation would be left without an owner.</summary>
    public static readonly ErrorCode LastOwner = new("last_owner", 409, "A conversation keeps at least one owner.");

    /// <summary>A direct conversation has exactly its two members.</summary>
    public static readonly ErrorCode DirectConversation =
        new("direct_conversation", 409, "A direct conversation keeps its two members and has no settings.");

    /// <summary>The message was deleted.</summary>
    public static readonly ErrorCode MessageDeleted = new("message_deleted", 409, "The message was deleted.");

    /// <summary>The resource was changed since the caller read it.</summary>
    public static readonly ErrorCode PreconditionFailed =
        new("precondition_failed", 412, "The resource has changed since it was read.");

    /// <summary>The body is over the cap.</summary>
    public static readonly ErrorCode BodyTooLarge = new("body_too_large", 413, "The body is too large.");

    /// <summary>The body is not of a media type that the operation reads.</summary>
    public static readonly ErrorCode UnsupportedMediaType =
        new("unsupported_media_type", 415, "The body's media type is not read here.");

    /// <summary>One or more values break a rule; <c>errors</c> names each.</summary>
    public static readonly ErrorCode ValidationFailed = new("validation_failed", 422, "A value is not valid.");

    /// <summary>The body has a member that the operation does not know.</summary>
    public static readonly ErrorCode UnknownField = new("unknown_field", 422, "The body has an unknown field.");

    /// <summary>Only a user can do this, and the API key did not say for whom it acts.</summary>
    public static readonly ErrorCode UserRequired =
        new("user_required", 422, "A user is needed: send Caas-User with the API key.");

    /// <summary>The feature is not built yet.</summary>
    public static readonly ErrorCode NotAvailable = new("not_available", 422, "This is not available yet.");

    /// <summary>The idempotency key was used for another body.</summary>
    public static readonly ErrorCode IdempotencyKeyReused =
        new("idempotency_key_reused", 422, "The idempotency key was used for another request.");

    /// <summary>A limit was reached; <c>Retry-After</c> says when to come again.</summary>
    public static readonly ErrorCode RateLimited = new("rate_limited", 429, "Too many requests.", Retryable: true);

    /// <summary>The request's headers are too many or too long.</summary>
    public static readonly ErrorCode HeadersTooLarge = new("headers_too_large", 431, "The headers are too large.");

    /// <summary>A bug of ours; the trace id finds it in the logs.</summary>
    public static readonly ErrorCode Internal = new("internal_error", 500, "Something went wrong here.", Retryable: true);

    /// <summary>The store is full, failing or away; nothing was written.</summary>
    public static readonly ErrorCode StorageUnavailable =
        new("storage_unavailable", 503, "The store cannot be used now.", Retryable: true);

    /// <summary>A process of the product that serves the request cannot be reached.</summary>
    public static readonly ErrorCode ServiceUnavailable =
        new("service_unavailable", 503, "A part of the service is away.", Retryable: true);

    /// <summary>More work than can be queued; nothing was done.</summary>
    public static readonly ErrorCode Overloaded = new("overloaded", 503, "Too much is under way.", Retryable: true);

    /// <summary>The request was not finished in time; it may or may not have been done.</summary>
    public static readonly ErrorCode TimedOut = new("timed_out", 504, "The request took too long.", Retryable: true);

    /// <summary>All of them, by status.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        MalformedJson, BadRequest, InvalidCursor, Unauthenticated, InvalidCredential, CredentialExpired, SessionRevoked,
        Forbidden, InsufficientScope, OriginNotAllowed, NotFound, MethodNotAllowed, Conflict, ClientMessageIdReused,
        AlreadyMember, LastOwner, DirectConversation, MessageDeleted, PreconditionFailed, BodyTooLarge,
        UnsupportedMediaType, ValidationFailed, UnknownField, UserRequired, NotAvailable, IdempotencyKeyReused,
        RateLimited, HeadersTooLarge, Internal, StorageUnavailable, ServiceUnavailable, Overloaded, TimedOut,
    ];
}
