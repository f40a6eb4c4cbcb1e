using System.Globalization;
using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Errors;

namespace Caas.Engines.Documents;

/// <summary>What becomes of a client or an application that is changed, the same in every document engine.</summary>
internal static class PlatformRules
{
    private static readonly Error ClientChanged =
        new(ErrorCatalogue.PreconditionFailed, "The client has changed since it was read.");

    private static readonly Error ApplicationChanged =
        new(ErrorCatalogue.PreconditionFailed, "The application has changed since it was read.");

    /// <summary>The client with what is not null replaced; still without its new etag, which is that of the change.</summary>
    public static Result<Client> Change(Client before, string? name, string? email, string? seenEtag) =>
        seenEtag is not null && seenEtag != before.Etag
            ? ClientChanged
            : before with { Name = name ?? before.Name, Email = email ?? before.Email };

    /// <summary>
    /// The application with what is not null replaced. Its change has no event, so no version to take its etag from: it
    /// counts by itself.
    /// </summary>
    public static Result<Application> Change(
        Application before, string? name, IReadOnlyList<string>? allowedOrigins, string? seenEtag) =>
        RefuseEtag(before, seenEtag) is { } refusal
            ? refusal
            : before with
            {
                Name = name ?? before.Name,
                AllowedOrigins = allowedOrigins ?? before.AllowedOrigins,
                Etag = (long.TryParse(before.Etag, CultureInfo.InvariantCulture, out var number) ? number + 1 : 1)
                    .ToString(CultureInfo.InvariantCulture),
            };

    /// <summary>Why the application must not be changed; null where it is what the caller saw.</summary>
    public static Error? RefuseEtag(Application application, string? seenEtag) =>
        seenEtag is not null && seenEtag != application.Etag ? ApplicationChanged : null;
}
