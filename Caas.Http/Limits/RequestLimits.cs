using System.Globalization;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Policies;
using Caas.Domain.Validation;
using Caas.Http.Credentials;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Limits;

/// <summary>
/// The budgets of callers: by IP address for what carries no valid credential, by user, by API key, as their client has
/// them. The answer says
/// what is left (draft-ietf-httpapi-ratelimit-headers).
/// </summary>
public sealed class RequestLimits(IRateLimiter limiter, ClientBudgets budgets, LimitsOptions options)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Takes one command on a socket from its user's budget; <c>rate_limited</c>.</summary>
    public async ValueTask<Error?> AcquireAsync(Caller caller, CancellationToken cancellationToken)
    {
        var budget = await BudgetOfAsync(caller, cancellationToken);
        return budget.Limit == 0
            ? null
            : Refusal(await limiter.AcquireAsync(budget.Key, budget.Limit, Period, cancellationToken));
    }

    internal async ValueTask<Error?> AcquireAsync(HttpContext context, RequestIdentity? identity, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(identity, RequestIdentity.Platform))
        {
            return null;
        }

        var budget = identity?.Caller is { } caller
            ? await BudgetOfAsync(caller, cancellationToken)
            : BudgetOf(context.Connection);
        if (budget.Limit == 0)
        {
            return null;
        }

        var lease = await limiter.AcquireAsync(budget.Key, budget.Limit, Period, cancellationToken);
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{budget.Name}\";q={budget.Limit};w=60");
        headers["RateLimit"] = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{budget.Name}\";r={lease.Remaining};t={(long)Math.Ceiling(lease.ResetAfter.TotalSeconds)}");
        return Refusal(lease);
    }

    /// <summary>
    /// Takes a request without a credential, which another process is going to refuse, from its address's budget. A budget
    /// beside that of <see cref="BudgetOf"/>: that process takes from it too.
    /// </summary>
    internal async ValueTask<Error?> AcquireAtEdgeAsync(ConnectionInfo connection, CancellationToken cancellationToken) =>
        options.PerIpPerMinute == 0
            ? null
            : Refusal(await limiter.AcquireAsync(
                $"edge:{connection.RemoteIpAddress}", options.PerIpPerMinute, Period, cancellationToken));

    private static Error? Refusal(RateLimitLease lease) => lease.Allowed
        ? null
        : new Error(ErrorCatalogue.RateLimited, $"The limit is {lease.Limit} a minute.") { RetryAfter = lease.RetryAfter };

    // One budget a user, whether they come with a token or an API key acts for them: the key's own is far larger.
    private async ValueTask<Budget> BudgetOfAsync(Caller caller, CancellationToken cancellationToken)
    {
        var granted = await budgets.OfAsync(caller.ClientId, cancellationToken);
        return caller.KeyId is { } key
            ? new Budget("key", $"key:{key}", granted.PerKey)
            : new Budget("user", $"user:{caller.ClientId}:{caller.UserId}", granted.PerUser);
    }

    private Budget BudgetOf(ConnectionInfo connection) =>
        new("ip", $"ip:{connection.RemoteIpAddress}", options.PerIpPerMinute);

    private readonly record struct Budget(string Name, string Key, int Limit);
}
