using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.SocketIO.WebSockets;
using Caas.Tests.Support;
using CsCheck;

namespace Caas.Tests.SocketIO;

/// <summary>The framing against the framework's own, whatever the messages are and however the network cuts them.</summary>
public sealed class WebSocketReaderTests
{
    private static readonly SocketIOOptions Options = new() { MaxPayloadBytes = 100_000 };

    // A message: its bytes, whether it is text, and after how many bytes each of its fragments ends.
    private static readonly Gen<(byte[] Bytes, bool IsText, int Fragment)> Message = Gen.Select(
        Gen.Frequency((8, Gen.Int[0, 300]), (1, Gen.Int[60_000, 70_000])), Gen.Bool, Gen.Int[1, 40_000], Gen.Byte,
        static (length, isText, fragment, salt) =>
            (Enumerable.Range(0, length).Select(i => isText ? (byte)('a' + ((i + salt) % 26)) : (byte)((i * 31) + salt)).ToArray(), isText, Math.Max(fragment, length / 50)));

    [Fact]
    public Task What_the_framework_writes_is_read_the_same_however_it_is_cut() => Gen.Select(Message.Array[1, 6], Gen.Int[1, 2_000]).SampleAsync(
        async (messages, cut) =>
        {
            var wire = await WriteAsync(messages);

            var read = await ReadAsync(wire, Math.Max(cut, wire.Length / 2_000));

            read.Count.ShouldBe(messages.Length);
            for (var i = 0; i < messages.Length; i++)
            {
                read[i].Outcome.ShouldBe(messages[i].IsText ? ReadOutcome.Text : ReadOutcome.Binary);
                read[i].Bytes.ShouldBe(messages[i].Bytes);
            }
        }, iter: 200);

    [Fact]
    public Task What_is_written_the_framework_reads_the_same() => Message.Array[1, 6].SampleAsync(
        async messages =>
        {
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
            var writer = new WebSocketWriter(pipe.Writer, TimeProvider.System);
            foreach (var (bytes, isText, _) in messages)
            {
                await writer.WriteAsync(isText ? FrameBatch.Text(bytes) : FrameBatch.WithAttachments("x"u8.ToArray(), [bytes]));
            }

            writer.Pong("p"u8);
            await writer.CloseAsync(WebSocketStatus.GoingAway, new string('r', 200));
            await pipe.Writer.CompleteAsync();

            using var client = WebSocket.CreateFromStream(
                new DuplexTestStream(pipe.Reader.AsStream(), Stream.Null), new WebSocketCreationOptions());
            foreach (var (bytes, isText, _) in messages)
            {
                if (!isText)
                {
                    (await NextAsync(client)).Bytes.ShouldBe("x"u8.ToArray());
                }

                var next = await NextAsync(client);
                next.Type.ShouldBe(isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
                next.Bytes.ShouldBe(bytes);
            }

            (await NextAsync(client)).Type.ShouldBe(WebSocketMessageType.Close);
            client.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
            client.CloseStatusDescription.ShouldBe(new string('r', 123));
            writer.WritingSince.ShouldBe(0);
        }, iter: 100);

    [Fact]
    public async Task Between_messages_nothing_is_held()
    {
        var pipe = new Pipe();
        var reader = new WebSocketReader(pipe.Reader, Options);
        await pipe.Writer.WriteAsync(await WriteAsync([("hello"u8.ToArray(), true, 5)]), TestContext.Current.CancellationToken);

        reader.Take(await reader.WaitAsync()).ShouldBe(ReadOutcome.Text);
        Encoding.UTF8.GetString(reader.Message.Span).ShouldBe("hello");
        reader.Release();

        reader.Message.Length.ShouldBe(0);
        var waiting = reader.WaitAsync().AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        await pipe.Writer.CompleteAsync();
        reader.Take(await waiting).ShouldBe(ReadOutcome.PeerLost);
    }

    [Fact]
    public async Task A_peer_that_is_gone_in_the_midst_of_a_message_is_lost()
    {
        var wire = await WriteAsync([(new byte[1_000], false, 1_000)]);

        var read = await ReadAsync(wire[..500], cut: 500);

        read.ShouldHaveSingleItem().Outcome.ShouldBe(ReadOutcome.PeerLost);
    }

    [Fact]
    public async Task A_write_to_a_peer_that_is_gone_says_so()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        var writer = new WebSocketWriter(pipe.Writer, TimeProvider.System);

        await writer.WriteAsync(FrameBatch.Text("x"u8.ToArray()));

        await Should.ThrowAsync<IOException>(async () => await writer.FlushAsync());
    }

    [Fact]
    public async Task A_large_frame_waits_for_its_reader_in_parts()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
        var writer = new WebSocketWriter(pipe.Writer, TimeProvider.System);

        var writing = writer.WriteAsync(FrameBatch.Text(new byte[900_000])).AsTask();

        writing.IsCompleted.ShouldBeFalse();
        writer.WritingSince.ShouldBeGreaterThan(0);
        pipe.Reader.TryRead(out var waiting).ShouldBeTrue();
        waiting.Buffer.Length.ShouldBeLessThan(100_000);
        long total = 0;
        while (total < 900_010)
        {
            total += waiting.Buffer.Length;
            pipe.Reader.AdvanceTo(waiting.Buffer.End);
            if (total < 900_010)
            {
                waiting = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
            }
        }

        await writing;
        writer.WritingSince.ShouldBe(0);
    }

    // As a client of the framework's sends them.
    private static async Task<byte[]> WriteAsync((byte[] Bytes, bool IsText, int Fragment)[] messages)
    {
        using var written = new MemoryStream();
        using var client = WebSocket.CreateFromStream(new DuplexTestStream(Stream.Null, written), new WebSocketCreationOptions());
        foreach (var (bytes, isText, fragment) in messages)
        {
            var at = 0;
            do
            {
                var count = Math.Min(fragment, bytes.Length - at);
                await client.SendAsync(
                    bytes.AsMemory(at, count),
                    isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
                    at + count == bytes.Length,
                    TestContext.Current.CancellationToken);
                at += count;
            }
            while (at < bytes.Length);
        }

        return written.ToArray();
    }

    private static async Task<List<(ReadOutcome Outcome, byte[] Bytes)>> ReadAsync(byte[] wire, int cut)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var reader = new WebSocketReader(pipe.Reader, Options);
        var read = new List<(ReadOutcome, byte[])>();
        var waiting = reader.WaitAsync();
        for (var at = 0; at < wire.Length; at += cut)
        {
            await pipe.Writer.WriteAsync(wire.AsMemory(at, Math.Min(cut, wire.Length - at)), TestContext.Current.CancellationToken);
            while (waiting.IsCompleted)
            {
                Add(reader.Take(await waiting));
                waiting = reader.WaitAsync();
            }
        }

        await pipe.Writer.CompleteAsync();
        Add(reader.Take(await waiting));
        if (read.Count > 1)
        {
            read.RemoveAt(read.Count - 1);
        }

        reader.Dispose();
        return read;

        void Add(ReadOutcome outcome)
        {
            if (outcome != ReadOutcome.Incomplete)
            {
                read.Add((outcome, reader.Message.ToArray()));
                reader.Release();
            }
        }
    }

    private static async Task<(WebSocketMessageType Type, byte[] Bytes)> NextAsync(WebSocket client)
    {
        var buffer = new byte[100_000];
        var length = 0;
        while (true)
        {
            var part = await client.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
            length += part.Count;
            if (part.EndOfMessage)
            {
                return (part.MessageType, buffer[..length]);
            }
        }
    }
}
