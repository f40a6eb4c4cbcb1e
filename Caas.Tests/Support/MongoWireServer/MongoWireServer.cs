using System.Net;
using System.Net.Sockets;
using Caas.Tests.Support.MongoWireServer.Protocol;

namespace Caas.Tests.Support.MongoWireServer;

/// <summary>
/// A stand-in for MongoDB 8.0 in memory, for tests: it speaks the wire protocol (OP_MSG) to the unmodified driver and
/// presents itself as the primary of a replica set of one.
/// </summary>
/// <remarks>
/// <para>What a test with it proves: that the commands which the driver sends are well formed and mean what the adapter
/// means; that filters, updates, unique indexes, validators, snapshot transactions with write conflicts, retryable
/// writes and change streams have the effect that the adapter counts on; that the adapter behaves as it should under
/// transient errors, unknown commit results, lost connections and a server that is away or silent; and, by
/// <see cref="Commands"/>, which write concern, read concern and filter each command carried.</para>
/// <para>What it does not prove: durability, replication and elections (it has no disk and no other member), speed and
/// query plans (one index serves a query, in one way), the locks of a storage engine (one lock guards everything, so
/// that a statement over many documents is atomic here and is not there, and a collection is made at once, whatever
/// becomes of the transaction that needed it), limits of size, time to live, roles.</para>
/// <para>What it does not know (a command, a field, an operator, an option) is an error, never ignored.</para>
/// <para>The data lives as long as the object: clients may come and go, and the server may stop and start.</para>
/// </remarks>
#pragma warning disable MA0049 // The folder is the server: what else is in it has no other reader.
public sealed class MongoWireServer : IAsyncDisposable
#pragma warning restore MA0049
{
    public const string ReplicaSet = "rs0";

    private readonly MongoNode _node;
    private readonly StallGate _gate = new();
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly HashSet<Task> _connections = [];
    private readonly int _port = FreePort.Next();
    private int _lastConnection;

    // Touched by Start and Stop only, which a test calls one after another.
    private CancellationTokenSource? _running;
    private Task _accepting = Task.CompletedTask;

    private MongoWireServer(MongoWireOptions options) => _node = new MongoNode(options);

    /// <summary>How a client finds the server, with the user and TLS where they are demanded.</summary>
    public string ConnectionString
    {
        get
        {
            var user = _node.Options.User is { } known
                ? $"{Uri.EscapeDataString(known.Name)}:{Uri.EscapeDataString(known.Password)}@"
                : string.Empty;
            var options = (_node.Options.User is null ? string.Empty : "&authSource=admin")
                + (_node.Options.Certificate is null ? string.Empty : "&tls=true");
            return $"mongodb://{user}{_node.Address}/?replicaSet={ReplicaSet}{options}";
        }
    }

    public int Port => _port;

    /// <summary>What came in, oldest first: the last 50,000 commands.</summary>
    public IReadOnlyList<RecordedCommand> Commands => _node.Log.All;

    /// <summary>How many cursors are open.</summary>
    public int OpenCursors
    {
        get
        {
            lock (_node.Store.Gate)
            {
                return _node.Cursors.Count;
            }
        }
    }

    public static MongoWireServer Start(MongoWireOptions? options = null)
    {
        var server = new MongoWireServer(options ?? new MongoWireOptions());
        server.Listen();
        return server;
    }

    /// <summary>Listens again after <see cref="StopAsync"/>, on the same port.</summary>
    public void Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();
        _node.Address = $"127.0.0.1:{_port}";
        _running = new CancellationTokenSource();
        _accepting = AcceptAsync(listener, _running.Token);
    }

    /// <summary>Ends the listening and every connection, as a process that dies; the data stays.</summary>
    public async Task StopAsync()
    {
        if (_running is null)
        {
            return;
        }

        await _running.CancelAsync();
        await _accepting;
        Task[] connections;
        lock (_lock)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections);
        _running.Dispose();
        _running = null;
        lock (_node.Store.Gate)
        {
            // Cursors live in the process that died, and so do the transactions that were open.
            _node.Cursors.Clear();
            _node.Store.AbortAll();
        }
    }

    /// <summary>Takes connections and commands and answers none, until <see cref="Resume"/>.</summary>
    public void Stall() => _gate.Close();

    public void Resume() => _gate.Open();

    /// <summary>Makes the next commands of a name fail.</summary>
    public ArmedMongoFault Fail(MongoFault fault) => _node.Faults.Arm(fault);

    /// <summary>The next command that fits and is still to come: ask before what causes it.</summary>
    public Task<RecordedCommand> NextCommandAsync(Func<RecordedCommand, bool> matches) => _node.Log.NextAsync(matches);

    public void ForgetCommands() => _node.Log.Clear();

    /// <summary>Loses the log of changes up to now: an older resume token is refused with ChangeStreamHistoryLost.</summary>
    public void ForgetHistory()
    {
        lock (_node.Store.Gate)
        {
            _node.Store.Changes.ForgetAll();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Open();
        await StopAsync();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        using (listener)
        {
            try
            {
                while (true)
                {
                    Serve(await listener.AcceptTcpClientAsync(cancellationToken), cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                // Stopped.
            }
        }
    }

    private void Serve(TcpClient tcp, CancellationToken cancellationToken)
    {
        var connection = new WireConnection(_node, tcp, Interlocked.Increment(ref _lastConnection), _gate);
        var running = Task.Run(() => connection.RunAsync(cancellationToken), CancellationToken.None);
        lock (_lock)
        {
            _connections.RemoveWhere(ended => ended.IsCompleted);
            _connections.Add(running);
        }
    }
}
