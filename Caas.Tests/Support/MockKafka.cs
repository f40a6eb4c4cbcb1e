using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Caas.Tests.Support;

/// <summary>
/// The mock cluster inside librdkafka, on loopback: any client of any process uses it by <see cref="Bootstrap"/>, as long
/// as this lives. It keeps everything in memory and proves nothing of durability, authentication, transactions or static
/// membership. Of an administrator it answers questions of topics and offsets; it creates no topics and describes no
/// settings, and <b>a process that lists its consumer groups dies at once</b>.
/// </summary>
public sealed unsafe class MockKafka : IDisposable
{
    /// <summary>The protocol's number of a produce request, for <see cref="PushErrors"/>.</summary>
    public const short Produce = 0;

    /// <summary>The protocol's number of an offset commit.</summary>
    public const short OffsetCommit = 8;

    private const int ErrorTextBytes = 512;

    private readonly nint _library;
    private readonly nint _owner;
    private readonly nint _cluster;
    private int _disposed;

    private MockKafka(nint library, int brokers)
    {
        _library = library;
        Brokers = brokers;
        var text = stackalloc byte[ErrorTextBytes];
        var configuration = ((delegate* unmanaged<nint>)Export("rd_kafka_conf_new"))();

        // Else each writes to the tests' standard error that it has no servers: it is to be one.
        fixed (byte* name = "log_level"u8, errors = "3"u8)
        {
            ((delegate* unmanaged<nint, byte*, byte*, byte*, nuint, int>)Export("rd_kafka_conf_set"))(
                configuration, name, errors, text, ErrorTextBytes);
        }

        // 0 is a producer; it owns the cluster and does nothing else.
        _owner = ((delegate* unmanaged<int, nint, byte*, nuint, nint>)Export("rd_kafka_new"))(0, configuration, text, ErrorTextBytes);
        if (_owner == 0)
        {
            throw new InvalidOperationException(Marshal.PtrToStringUTF8((nint)text));
        }

        _cluster = ((delegate* unmanaged<nint, int, nint>)Export("rd_kafka_mock_cluster_new"))(_owner, brokers);

        // Else a group's first members wait three seconds for others.
        ((delegate* unmanaged<nint, int, void>)Export("rd_kafka_mock_group_initial_rebalance_delay_ms"))(_cluster, 0);

        // Else there is none, and an administrator waits for it: then it answers questions of topics.
        ((delegate* unmanaged<nint, int, void>)Export("rd_kafka_mock_set_controller_id"))(_cluster, 1);
        Bootstrap = Marshal.PtrToStringUTF8(
            ((delegate* unmanaged<nint, nint>)Export("rd_kafka_mock_cluster_bootstraps"))(_cluster))!;
    }

    /// <summary>The brokers' addresses.</summary>
    public string Bootstrap { get; }

    /// <summary>How many there are; they are numbered from 1.</summary>
    public int Brokers { get; }

    /// <summary>Whether there can be one: the library is looked up in the process's memory map, as Linux has it.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>A cluster.</summary>
    public static MockKafka Start(int brokers = 3)
    {
        // The client decides which of its builds of the library it can load: the mock must be in the same one.
        Library.Load();
        var path = File.ReadLines("/proc/self/maps")
            .Select(static line => line[(line.LastIndexOf(' ') + 1)..])
            .First(static file => Path.GetFileName(file).Contains("librdkafka", StringComparison.Ordinal));
        return new MockKafka(NativeLibrary.Load(path), brokers);
    }

    /// <summary>Makes a topic, of which every broker has a replica up to three.</summary>
    public void CreateTopic(string topic, int partitions = 4) => WithName(topic, name =>
        ((delegate* unmanaged<nint, nint, int, int, int>)Export("rd_kafka_mock_topic_create"))(
            _cluster, name, partitions, Math.Min(3, Brokers)));

    /// <summary>What retention does: everything of a partition below this offset is gone.</summary>
    public void DeleteRecords(string topic, int partition, long before) => WithName(topic, name =>
        ((delegate* unmanaged<nint, nint, int, long, int>)Export("rd_kafka_mock_partition_delete_records"))(
            _cluster, name, partition, before));

    /// <summary>Closes every broker's port and connections.</summary>
    public void Stop() => EachBroker("rd_kafka_mock_broker_set_down");

    /// <summary>Opens them again; nothing is forgotten.</summary>
    public void Resume() => EachBroker("rd_kafka_mock_broker_set_up");

    /// <summary>The next requests of this kind are answered with these errors.</summary>
    public void PushErrors(short request, params ReadOnlySpan<ErrorCode> errors)
    {
        fixed (ErrorCode* first = errors)
        {
            ((delegate* unmanaged<nint, short, nuint, int*, void>)Export("rd_kafka_mock_push_request_errors_array"))(
                _cluster, request, (nuint)errors.Length, (int*)first);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        ((delegate* unmanaged<nint, void>)Export("rd_kafka_mock_cluster_destroy"))(_cluster);
        ((delegate* unmanaged<nint, void>)Export("rd_kafka_destroy"))(_owner);
    }

    private void EachBroker(string function)
    {
        for (var broker = 1; broker <= Brokers; broker++)
        {
            ((delegate* unmanaged<nint, int, int>)Export(function))(_cluster, broker);
        }
    }

    private static void WithName(string topic, Func<nint, int> call)
    {
        var name = Marshal.StringToCoTaskMemUTF8(topic);
        var error = (ErrorCode)call(name);
        Marshal.FreeCoTaskMem(name);
        if (error is not (ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            throw new InvalidOperationException($"{topic}: {error}");
        }
    }

    private nint Export(string function) => NativeLibrary.GetExport(_library, function);
}
