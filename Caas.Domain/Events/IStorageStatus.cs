namespace Caas.Domain.Events;

/// <summary>What an operator asks of the engines that keep their files on this machine; the others register none.</summary>
public interface IStorageStatus
{
    /// <summary>What there is now; an <see cref="IOException"/> where the disk cannot be asked.</summary>
    ValueTask<StorageSpace> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>The room on this machine.</summary>
/// <param name="FreeBytes">What the disk of the data folder still takes.</param>
/// <param name="LogBytes">What the event stream takes of it.</param>
public sealed record StorageSpace(long FreeBytes, long LogBytes);
