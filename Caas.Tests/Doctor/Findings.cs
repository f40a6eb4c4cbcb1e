using Caas.Engines.Doctor;
using Caas.Tests.Support;

namespace Caas.Tests.Doctor;

/// <summary>What an examination found, by subject.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];

    public IReadOnlyList<Finding> All => _all;

    /// <summary>The one finding of a subject.</summary>
    public Finding this[string subject] => _all.Where(one => one.Subject == subject).ShouldHaveSingleItem();

    public static async Task<Findings> OfAsync(IExamination examination, Examination? how = null)
    {
        var findings = new Findings();
        await foreach (var finding in examination.ExamineAsync(how ?? new Examination(), SocketIOHost.Ct))
        {
            findings._all.Add(finding);
        }

        return findings;
    }

    /// <summary>The subjects that are so bad.</summary>
    public IReadOnlyList<string> Of(Severity severity) => [.. _all.Where(one => one.Severity == severity).Select(one => one.Subject)];

    /// <summary>Whatever is not right says how it should be, and what to do.</summary>
    public void ShouldNameTheirCures() =>
        _all.Where(one => one.Severity is not Severity.Ok).ShouldAllBe(one => one.Wanted!.Length > 0 && one.Cure!.Length > 0);
}
