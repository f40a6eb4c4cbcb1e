using System.Runtime.CompilerServices;
using Caas.Engines.Avro;
using Caas.Engines.Doctor;

namespace Caas.Engines.SchemaRegistry.Doctor;

/// <inheritdoc/>
/// <remarks>Registers nothing: a schema that is missing is registered by the product at its first use.</remarks>
internal sealed class SchemaRegistryExamination(
    Func<ConfluentSchemaRegistry> registry, SchemaRegistryAddress address, SchemaRegistryClientOptions options, TimeProvider clock) : IExamination
{
    private const string Key = $"ConnectionStrings:{SchemaRegistryClientConfig.ConnectionName}";

    /// <inheritdoc/>
    public string Of => "schema registry";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (SchemaRegistryClientConfig.FindFault(address.Value) is { } fault)
        {
            yield return Finding.Error("configuration", fault, "an address", "Correct the key.");
            yield break;
        }

        var reached = await ReachAsync(cancellationToken).ConfigureAwait(false);
        yield return reached;
        foreach (var finding in await AccessAsync(examination, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        if (reached.Severity is not Severity.Error)
        {
            foreach (var (subject, schema) in EventSubjects.All)
            {
                yield return await FindAsync(subject, schema, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<Finding> ReachAsync(CancellationToken cancellationToken)
    {
        try
        {
            await registry().ProbeAsync(cancellationToken).ConfigureAwait(false);
            return Finding.Ok("reached", "it answers, and lets us in");
        }
        catch (IOException failure)
        {
            return Finding.Error(
                "reached", failure.Message, "an answer",
                $"Start it; compare {Key} and {SchemaRegistryClientOptions.Section}:Username with its own.");
        }
    }

    private async Task<IReadOnlyList<Finding>> AccessAsync(Examination examination, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var server in address.Value!.Split(',', StringSplitOptions.TrimEntries).Select(static text => new Uri(text)))
        {
            var subject = $"{server.Authority}, TLS";
            findings.Add(server.Scheme == Uri.UriSchemeHttps
                ? await EndpointCertificate.OfServerAsync(examination, new(server.Host, server.Port), clock, cancellationToken).ConfigureAwait(false)
                : Finding.Of(
                    Loopback.IsHost(server.Host), subject, "plain text", Severity.Warning, "TLS, where others share the network",
                    $"Serve it over https, and name that address in {Key}."));
        }

        if (options.ClientCertificateLocation is { } ours)
        {
            findings.Add(EndpointCertificate.OfFile(
                $"{SchemaRegistryClientOptions.Section}:{nameof(options.ClientCertificateLocation)}", ours, options.ClientCertificatePassword, clock));
        }

        return findings;
    }

    private async Task<Finding> FindAsync(string subject, string schema, CancellationToken cancellationToken)
    {
        try
        {
            var (isThere, level) = await registry().LookAsync(subject, schema, cancellationToken).ConfigureAwait(false);
            if (!isThere)
            {
                return Finding.Ok($"subject {subject}", "not registered: the first record does that");
            }

            return Finding.Of(
                level is ConfluentSchemaRegistry.LevelName,
                $"subject {subject}",
                $"registered, {level ?? "no level of its own"}",
                Severity.Warning,
                ConfluentSchemaRegistry.LevelName,
                $"Set the subject's compatibility level to {ConfluentSchemaRegistry.LevelName}: a reader may else meet what it cannot read.");
        }
        catch (IOException failure)
        {
            return Finding.Error($"subject {subject}", failure.Message, "an answer", "See the registry's log.");
        }
    }
}
