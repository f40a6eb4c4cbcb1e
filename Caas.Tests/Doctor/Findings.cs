using Caas.Engines.Doctor;
using Caas.ServiceDefaults.Certificates;
using Caas.Tests.Support;

namespace Caas.Tests.Doctor;

/// <summary>What an examination found, by subject.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];

    /// <summary>As the command examines where it is told nothing.</summary>
    public static Examination Usual { get; } = new(ServedCertificate.ReadEndAsync);

    /// <summary>The same where one member of each engine is meant.</summary>
    public static Examination Single { get; } = Usual with { IsSingle = true };

    public IReadOnlyList<Finding> All => _all;

    /// <summary>The one finding of a subject.</summary>
    public Finding this[string subject] => _all.Where(one => one.Subject == subject).ShouldHaveSingleItem();

    public static async Task<Findings> OfAsync(IExamination examination, Examination? how = null)
    {
        var findings = new Findings();
        await foreach (var finding in examination.ExamineAsync(how ?? Usual, SocketIOHost.Ct))
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
