using System.Collections.Frozen;
using System.Diagnostics;
using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Http;
using Caas.Http.Limits;
using Caas.Http.Problems;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary>Finds the command of an event, takes it from the user's budget, executes it and acknowledges.</summary>
internal sealed partial class SocketCommands(
    IEnumerable<ISocketCommand> commands, RequestLimits limits, HttpMetrics metrics, ILogger<SocketCommands> logger)
{
    /// <summary>The source of the activities of commands.</summary>
    public const string ActivitySourceName = "Caas.Messaging.Commands";

    private static readonly ActivitySource Activities = new(ActivitySourceName);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly FrozenDictionary<string, ISocketCommand> _byName =
        commands.ToFrozenDictionary(command => command.Name, StringComparer.Ordinal);

    /// <summary>Every command's name.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Executes one command; whatever happens is in the acknowledgement.</summary>
    public async ValueTask ExecuteAsync(ChatSession session, InboundEvent inbound, CancellationToken cancellationToken)
    {
        using var activity = Begin(inbound.Name, session.Connection.TraceParent);
        var result = await TryExecuteAsync(session, inbound, cancellationToken);
        if (result.Error is { } refusal)
        {
            metrics.Refused(refusal.Code.Code, RefusalWay.Command);
        }

        if (!inbound.WantsAck)
        {
            return;
        }

        inbound.TryAcknowledge(result.TryGet(out var members, out var error)
            ? Succeeded(members.Span)
            : Refused(error));
    }

    // Each command is a trace of its own, linked to what opened the connection: its request, which is current here,
    // lives for hours.
    private static Activity Begin(string name, string? handshake)
    {
        Activity.Current = null;
        ActivityLink[] links = Activities.HasListeners() && ActivityContext.TryParse(handshake, null, isRemote: true, out var opened)
            ? [new ActivityLink(opened)]
            : [];
        return Activities.StartActivity(ActivityKind.Server, links: links, name: name) ?? new Activity(name).Start();
    }

    private async ValueTask<Result<ReadOnlyMemory<byte>>> TryExecuteAsync(
        ChatSession session, InboundEvent inbound, CancellationToken cancellationToken)
    {
        try
        {
            if (await limits.AcquireAsync(session.Caller, cancellationToken) is { } limited)
            {
                return limited;
            }

            if (!_byName.TryGetValue(inbound.Name, out var command))
            {
                return new Error(ErrorCatalogue.NotFound, "There is no such command.");
            }

            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Timeout);
            return await command.ExecuteAsync(session, inbound, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return new Error(ErrorCatalogue.TimedOut, "The command took too long; it may have been done.");
        }
        catch (RefusedException exception)
        {
            return exception.Error;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The last resort: a bug is told to the caller as such, and neither ends the connection nor the process.
            LogFailed(exception, inbound.Name);
            return new Error(ErrorCatalogue.Internal, "Something went wrong here. The trace id finds it in the logs.");
        }
    }

    private static ReadOnlyMemory<byte> Succeeded(ReadOnlySpan<byte> members)
    {
        var start = "{\"ok\":true"u8;
        var separator = members.IsEmpty ? ""u8 : ","u8;
        var json = new byte[start.Length + separator.Length + members.Length + 1];
        start.CopyTo(json);
        separator.CopyTo(json.AsSpan(start.Length));
        members.CopyTo(json.AsSpan(start.Length + separator.Length));
        json[^1] = (byte)'}';
        return json;
    }

    private static ReadOnlyMemory<byte> Refused(Error error)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteBoolean("ok"u8, value: false);
        writer.WritePropertyName("error"u8);
        JsonSerializer.Serialize(writer, Problem.Of(error), ProblemJson.Default.Problem);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    [LoggerMessage(6101, LogLevel.Error, "Unhandled exception in {Command}")]
    private partial void LogFailed(Exception exception, string command);
}
