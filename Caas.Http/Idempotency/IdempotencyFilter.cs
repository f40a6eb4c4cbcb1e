using System.Security.Cryptography;
using System.Text;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Idempotency;

/// <summary>
/// Honours <c>Idempotency-Key</c>: a key that has its answer gets it again before anything else is done; a new one goes
/// with the request, to be kept in the same commit as its effect.
/// </summary>
internal sealed class IdempotencyFilter(IIdempotencyStore store) : IEndpointFilter
{
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 128;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!http.Request.Headers.TryGetValue(Header, out var header))
        {
            return await next(context);
        }

        var key = header.ToString();
        if (key.Length is < 1 or > MaxLength || key.Any(character => character is < '!' or > '~'))
        {
            return new ProblemResult(Error.Invalid(Header, $"must be 1 to {MaxLength} visible ASCII characters."));
        }

        var caller = RequestCaller.Of(http);
        var body = context.Arguments.OfType<IJsonBody>().FirstOrDefault()?.Bytes ?? default;
        var idempotency = new IdempotencyKey(CallerOf(caller), key, Fingerprint(http.Request, body.Span));
        var found = await store.FindAsync(caller.ClientId, idempotency, http.RequestAborted);
        if (!found.TryGet(out var answer, out var error))
        {
            return new ProblemResult(error);
        }

        if (answer is not null)
        {
            return new ProblemResult(Error.AnsweredBefore(answer));
        }

        http.Features.Set(idempotency);
        return await next(context);
    }

    private static string CallerOf(Caller caller) => $"{caller.Actor.Type}:{caller.Actor.Id}";

    private static byte[] Fingerprint(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}

/// <summary>The request's idempotency key.</summary>
public static class RequestIdempotency
{
    /// <summary>The key with the way to render the answer; null where the caller sent none.</summary>
    public static IdempotentWrite<TOutcome>? Write<TOutcome>(HttpContext context, Func<TOutcome, StoredAnswer> render) =>
        context.Features.Get<IdempotencyKey>() is { } key ? new IdempotentWrite<TOutcome>(key, render) : null;
}
