using System.Runtime.CompilerServices;
using Caas.Engines.Doctor;
using Caas.Standalone.Smoke;
using Microsoft.Extensions.Configuration.CommandLine;

namespace Caas.Standalone.Doctor;

/// <inheritdoc/>
/// <remarks>Where the configuration has its secrets, and who else may read them; never what they are.</remarks>
internal sealed class SecretsExamination(IConfiguration configuration) : IExamination
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly string[] Secrets =
    [
        SmokeCommand.PlatformKeyName, "ConnectionStrings:mongodb", "ConnectionStrings:redis", "Caas:SchemaRegistryClient:Password",
        "Caas:SchemaRegistryClient:ClientCertificatePassword", "Aspire:Confluent:Kafka:Producer:Config:SaslPassword",
        "Aspire:Confluent:Kafka:Consumer:Config:SaslPassword",
    ];

    /// <inheritdoc/>
    public string Of => "secrets";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield return PlatformKey(configuration[SmokeCommand.PlatformKeyName]);
        foreach (var name in Secrets)
        {
            if (Source(name) is { } source && Find(name, source) is { } finding)
            {
                yield return finding;
            }
        }
    }

    private static Finding PlatformKey(string? key)
    {
        const int Least = 24;
        return key switch
        {
            null or "" => Finding.Ok("platform key", "not configured: the one that the first start printed, or prints"),
            { Length: < Least } => Finding.Error(
                "platform key", "too short", "24 characters or more", $"Make a random one (openssl rand -hex 32) and set {SmokeCommand.PlatformKeyName}."),
            _ => Finding.Ok("platform key", "configured"),
        };
    }

    // The last one that says it is the one that holds.
    private IConfigurationProvider? Source(string name) =>
        (configuration as IConfigurationRoot)?.Providers.LastOrDefault(one => one.TryGet(name, out var value) && !string.IsNullOrEmpty(value));

    private static Finding? Find(string name, IConfigurationProvider source) => source switch
    {
        CommandLineConfigurationProvider => Finding.Warning(
            name, "on the command line", "in the environment or a file", "Move it: everybody on this machine can read a command line."),
        FileConfigurationProvider { Source: { Path: { } path, FileProvider: { } files } } when files.GetFileInfo(path).PhysicalPath is { } file =>
            OfFile(name, file),
        _ => null,
    };

    private static Finding? OfFile(string name, string file)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(file))
        {
            return null;
        }

        var mode = File.GetUnixFileMode(file);
        return Finding.Of(
            (mode & Others) == UnixFileMode.None,
            $"{name} in {file}",
            $"mode {Convert.ToString((int)mode, 8)}",
            Severity.Warning,
            "600",
            $"chmod 600 {file}, or move the secret into the environment.");
    }
}
