using Caas.SocketIO.Connections;
using CsCheck;

namespace Caas.Tests.SocketIO;

public sealed class OutboundQueueTests
{
    [Fact]
    public void It_is_bounded_in_batches_and_in_bytes()
    {
        var byCount = new OutboundQueue(maxBytes: 1_000, maxBatches: 2);
        byCount.TryEnqueue(Batch(1)).ShouldBe(EnqueueResult.Queued);
        byCount.TryEnqueue(Batch(1)).ShouldBe(EnqueueResult.Queued);
        byCount.TryEnqueue(Batch(1)).ShouldBe(EnqueueResult.Full);

        var byBytes = new OutboundQueue(maxBytes: 10, maxBatches: 100);
        byBytes.TryEnqueue(Batch(6)).ShouldBe(EnqueueResult.Queued);
        byBytes.TryEnqueue(Batch(5)).ShouldBe(EnqueueResult.Full);
        byBytes.TryEnqueue(Batch(4)).ShouldBe(EnqueueResult.Queued);
    }

    [Fact]
    public void One_batch_is_let_in_however_large() =>
        new OutboundQueue(maxBytes: 10, maxBatches: 1).TryEnqueue(Batch(1_000)).ShouldBe(EnqueueResult.Queued);

    [Fact]
    public void Once_completed_it_only_empties()
    {
        var queue = new OutboundQueue(maxBytes: 10, maxBatches: 10);
        queue.TryEnqueue(Batch(1));
        queue.Complete();

        queue.TryEnqueue(Batch(1)).ShouldBe(EnqueueResult.Closed);
        queue.EnqueueControl(Batch(1));

        queue.TryDequeue(out _).ShouldBeTrue();
        queue.TryDequeue(out _).ShouldBeFalse();
    }

    [Fact]
    public void It_is_pressed_from_half_of_its_bound_until_a_quarter()
    {
        var queue = new OutboundQueue(maxBytes: 8, maxBatches: 100);
        var seen = new List<bool>();
        for (var i = 0; i < 5; i++)
        {
            queue.TryEnqueue(Batch(1));
            seen.Add(queue.IsPressed);
        }

        for (var i = 0; i < 3; i++)
        {
            queue.TryDequeue(out _);
            seen.Add(queue.IsPressed);
        }

        seen.ShouldBe([false, false, false, false, true, true, true, false]);
    }

    [Fact]
    public void One_that_was_given_up_is_pressed_again_once_it_had_caught_up()
    {
        var queue = new OutboundQueue(maxBytes: 8, maxBatches: 100);
        Enqueue(5);
        queue.GiveUp();
        Enqueue(1);
        queue.IsPressed.ShouldBeFalse();

        while (queue.TryDequeue(out _))
        {
            // Catches up.
        }

        Enqueue(5);
        queue.IsPressed.ShouldBeTrue();

        void Enqueue(int count)
        {
            for (var i = 0; i < count; i++)
            {
                queue.TryEnqueue(Batch(1));
            }
        }
    }

    [Fact]
    public void It_behaves_like_a_plain_queue()
    {
        Gen.Bool.Array[0, 500].Sample(adds =>
        {
            var queue = new OutboundQueue(int.MaxValue, int.MaxValue);
            var model = new Queue<FrameBatch>();
            foreach (var add in adds)
            {
                if (add)
                {
                    var batch = Batch(3);
                    queue.TryEnqueue(batch);
                    model.Enqueue(batch);
                }
                else
                {
                    queue.TryDequeue(out var batch).ShouldBe(model.TryDequeue(out var expected));
                    batch.ShouldBeSameAs(expected);
                }

                queue.Bytes.ShouldBe(model.Count * 3);
                queue.IsEmpty.ShouldBe(model.Count == 0);
            }
        }, iter: 500);
    }

    private static FrameBatch Batch(int bytes) => FrameBatch.Text(new byte[bytes]);
}
