using Caas.Http.Description;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Caas.Gateway.Proxy;

/// <summary>
/// Adds messaging's part to the description, so that there is one document for the whole API, whichever process serves an
/// operation. While messaging is away the document has the gateway's part alone.
/// </summary>
internal sealed partial class MessagingDescription(IHttpClientFactory clients, ILogger<MessagingDescription> logger)
    : IOpenApiDocumentTransformer
{
    /// <summary>The name of its client.</summary>
    public const string ClientName = "messaging-description";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Patience);
            using var messaging = clients.CreateClient(ClientName);
            var text = await messaging.GetStringAsync(new Uri(ApiDescription.Path, UriKind.Relative), timeout.Token);
            if (OpenApiDocument.Parse(text, "json").Document is { } theirs)
            {
                Add(document, theirs);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            LogAway(failure.GetType().Name);
        }
    }

    private static void Add(OpenApiDocument document, OpenApiDocument theirs)
    {
        foreach (var (path, item) in theirs.Paths)
        {
            document.Paths.TryAdd(path, item);
        }

        foreach (var (name, schema) in theirs.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))
        {
            document.AddComponent(name, schema);
        }
    }

    [LoggerMessage(2050, LogLevel.Warning, "Messaging could not be asked for its part of the API's description: {Failure}")]
    private partial void LogAway(string failure);
}
