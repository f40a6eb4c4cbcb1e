namespace Caas.Engines.Doctor;

/// <summary>How it is examined.</summary>
/// <param name="CertificateEnd">Reads the certificates of servers.</param>
/// <param name="IsSingle">
/// Whether one member of each engine is meant: that the loss of one stops it, or loses something, is then a warning.
/// </param>
/// <param name="IsDeep">Whether everything is looked at, however long that takes: every page, every client's database.</param>
/// <param name="Backup">Where the last backup is, or the folder of the backups; null where that was not said.</param>
public sealed record Examination(CertificateEnd CertificateEnd, bool IsSingle = false, bool IsDeep = false, string? Backup = null)
{
    /// <summary>What the lack of further members is.</summary>
    internal Severity LackOfMembers => IsSingle ? Severity.Warning : Severity.Error;
}
