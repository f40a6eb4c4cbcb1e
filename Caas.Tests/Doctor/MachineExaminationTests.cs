using Caas.Engines.Doctor;
using Caas.Standalone.Doctor;

namespace Caas.Tests.Doctor;

public sealed class MachineExaminationTests
{
    [Theory]
    [InlineData("1024", "1048576", Severity.Ok)]
    [InlineData("1024", "unlimited", Severity.Ok)]
    [InlineData("1024", "20000", Severity.Warning)]
    [InlineData("1024", "1024", Severity.Error)]
    public void The_hard_limit_of_open_files_has_to_hold_every_socket(string soft, string hard, Severity severity) =>
        MachineExamination.OpenFiles(
                ["Limit   Soft Limit   Hard Limit   Units", $"Max open files            {soft}                 {hard}               files     "], connections: 100_000)
            .Severity.ShouldBe(severity);

    [Fact]
    public void A_clock_that_nothing_sets_is_a_warning()
    {
        MachineExamination.Clock(0).Severity.ShouldBe(Severity.Ok);
        MachineExamination.Clock(5).Severity.ShouldBe(Severity.Warning);
        MachineExamination.Clock(-1).Severity.ShouldBe(Severity.Ok);
    }

    [Fact]
    public void Little_memory_is_a_warning() => MachineExamination.Memory(100 * 1024 * 1024).Severity.ShouldBe(Severity.Warning);
}
