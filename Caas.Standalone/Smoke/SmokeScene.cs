using System.Security.Cryptography;

namespace Caas.Standalone.Smoke;

/// <summary>What the steps hand on to one another.</summary>
/// <param name="http">The deployment.</param>
/// <param name="platformKey">The operator's key; null where it is not known.</param>
/// <param name="clock">Measures, and paces what is asked again.</param>
internal sealed class SmokeScene(SmokeHttp http, string? platformKey, TimeProvider clock) : IAsyncDisposable
{
    public SmokeHttp Http => http;

    public string? PlatformKey => platformKey;

    public TimeProvider Clock => clock;

    /// <summary>What makes this run's ids its own.</summary>
    public string Mark { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>The client whose people talk.</summary>
    public SmokeTenant Own { get; } = new();

    /// <summary>Another one, who must see nothing of it.</summary>
    public SmokeTenant Other { get; } = new();

    public SmokePerson Ann { get; } = new("smoke-ann");

    public SmokePerson Ben { get; } = new("smoke-ben");

    public SmokePerson Stranger { get; } = new("smoke-stranger");

    public string ConversationId { get; set; } = string.Empty;

    /// <summary>The message that Ann sent over HTTP.</summary>
    public string FirstMessageId { get; set; } = string.Empty;

    /// <summary>The message that Ben sent over his socket.</summary>
    public string SecondMessageId { get; set; } = string.Empty;

    /// <summary>Asks again, ten times a second, until it is so; the step's time-out ends it.</summary>
    public async Task UntilAsync(Func<CancellationToken, Task<bool>> isSo, string what, string otherwise, CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100), clock);
        try
        {
            while (!await isSo(cancellationToken))
            {
                await pace.WaitForNextTickAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new SmokeFailureException($"{what} in time", otherwise);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in new[] { Ann, Ben, Stranger })
        {
            await (person.Socket?.DisposeAsync() ?? default);
        }
    }
}

/// <summary>A client that the run registered.</summary>
internal sealed class SmokeTenant
{
    public string ClientId { get; set; } = string.Empty;

    public string ApplicationId { get; set; } = string.Empty;

    /// <summary>The API key; a secret.</summary>
    public string Key { get; set; } = string.Empty;
}

/// <summary>A user of one, on one device.</summary>
/// <param name="userId">Who.</param>
internal sealed class SmokePerson(string userId)
{
    public string UserId => userId;

    /// <summary>The access token; a secret.</summary>
    public string Token { get; set; } = string.Empty;

    /// <summary>The refresh token; a secret.</summary>
    public string RefreshToken { get; set; } = string.Empty;

    public string SessionId { get; set; } = string.Empty;

    /// <summary>Where they began to sync: before anything was said.</summary>
    public string Cursor { get; set; } = string.Empty;

    public SmokeSocket? Socket { get; set; }

    /// <summary>The socket, once a step has connected it.</summary>
    public SmokeSocket Connected => Socket ?? throw new InvalidOperationException($"{userId} has not connected.");
}
