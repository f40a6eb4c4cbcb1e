using System.Globalization;
using System.Runtime.CompilerServices;
using Caas.Engines.Doctor;
using Confluent.Kafka;

namespace Caas.Engines.Kafka.Doctor;

/// <inheritdoc/>
/// <remarks>Creates no topic and joins no group.</remarks>
internal sealed class KafkaExamination(
    KafkaClientConfigs configs, KafkaAdmin admin, KafkaSettings settings, KafkaBacklog backlog, TimeProvider clock) : IExamination
{
    private const int Wanted = 3;

    /// <inheritdoc/>
    public string Of => "kafka";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (configs.Fault is { } fault)
        {
            yield return Finding.Error("configuration", fault, "settings that can be used", "Correct the key.");
            yield break;
        }

        var (reached, brokers) = await ReachAsync(examination, cancellationToken).ConfigureAwait(false);
        yield return reached;
        if (brokers.Count == 0)
        {
            yield break;
        }

        foreach (var finding in await AccessAsync(brokers, examination, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        foreach (var finding in await settings.OfTopicsAsync(examination, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        foreach (var finding in await settings.OfBrokerAsync(brokers[0], examination, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        foreach (var finding in await backlog.ExamineAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }
    }

    private async Task<(Finding Finding, IReadOnlyList<Node> Brokers)> ReachAsync(Examination examination, CancellationToken cancellationToken)
    {
        try
        {
            var brokers = await admin.ReadBrokersAsync(cancellationToken).ConfigureAwait(false);
            return (
                Finding.Of(
                    brokers.Count >= Wanted,
                    "brokers",
                    brokers.Count.ToString(CultureInfo.InvariantCulture),
                    examination.LackOfMembers,
                    "at least 3",
                    "Add brokers, on machines that do not share power: a record is safe because several of them have it, none flushes it."),
                brokers);
        }
        catch (IOException failure)
        {
            return (
                Finding.Error(
                    "brokers",
                    failure.Message,
                    "an answer",
                    $"Start them; compare the addresses in ConnectionStrings:{KafkaTopics.ConnectionName} with advertised.listeners, and "
                    + $"security in {DurableSettings.ProducerSection}:Config with the listener's."),
                []);
        }
    }

    private async Task<IReadOnlyList<Finding>> AccessAsync(
        IReadOnlyList<Node> brokers, Examination examination, CancellationToken cancellationToken)
    {
        var protocol = configs.Producer.SecurityProtocol ?? SecurityProtocol.Plaintext;
        var isHere = brokers.All(static broker => Loopback.IsHost(broker.Host));
        var hasTls = protocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;
        var isAsked = protocol is SecurityProtocol.SaslPlaintext or SecurityProtocol.SaslSsl
            || configs.Producer.SslCertificateLocation is not null || configs.Producer.SslKeystoreLocation is not null;
        const string Config = $"{DurableSettings.ProducerSection}:Config";
        var findings = new List<Finding>
        {
            Finding.Of(
                hasTls || isHere, "TLS", hasTls ? "on" : "plain text", Severity.Warning, "TLS, where others share the network",
                $"Give the brokers a listener with TLS, and set {Config}:SecurityProtocol to SaslSsl, for the consumers too."),
            Finding.Of(
                isAsked, "access", isAsked ? "with credentials" : "anybody is let in", isHere ? Severity.Warning : Severity.Error, "credentials",
                $"Give the brokers a listener with SASL (SCRAM-SHA-512) and ACLs, and name the user in {Config}, for the consumers too."),
        };
        foreach (var broker in hasTls ? brokers : [])
        {
            findings.Add(await EndpointCertificate
                .OfServerAsync(examination, new(broker.Host, broker.Port), clock, cancellationToken).ConfigureAwait(false));
        }

        if (configs.Producer.SslCertificateLocation is { Length: > 0 } ours)
        {
            findings.Add(EndpointCertificate.OfFile($"{Config}:SslCertificateLocation", ours, password: null, clock));
        }

        return findings;
    }
}
