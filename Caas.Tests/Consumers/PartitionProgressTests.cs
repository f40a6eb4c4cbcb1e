using Caas.Consumers.Streams;
using CsCheck;

namespace Caas.Tests.Consumers;

public sealed class PartitionProgressTests
{
    [Fact]
    public void It_does_what_the_model_does() => Gen.Int[0, 1000].Array[1, 60].Sample(steps =>
    {
        var progress = new PartitionProgress();
        var begun = 0L;
        var unfinished = new List<long>();
        var before = 0L;
        foreach (var step in steps)
        {
            if (step % 2 == 0 || unfinished.Count == 0)
            {
                progress.Begin(begun);
                unfinished.Add(begun++);
            }
            else
            {
                var index = step % unfinished.Count;
                progress.Finish(unfinished[index]);
                unfinished.RemoveAt(index);
            }

            progress.Watermark.ShouldBe(unfinished.Count == 0 ? begun : unfinished.Min());
            progress.Watermark.ShouldBeGreaterThanOrEqualTo(before);
            before = progress.Watermark;
        }
    });
}
