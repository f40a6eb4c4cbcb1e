namespace Caas.Bench.Drivers;

/// <summary>Sends by <c>POST /api/messages</c>: a new message is 201, and the answer repeats its number.</summary>
internal sealed class HttpSender : ISender
{
    private const int Created = 201;

    private readonly HttpWire _wire;
    private readonly NumberedBytes _request;
    private readonly NumberedBytes _proof = new(ChatText.Proof());

    private HttpSender(HttpWire wire, NumberedBytes request)
    {
        _wire = wire;
        _request = request;
    }

    public static async Task<HttpSender> ConnectAsync(
        Uri url, string token, string conversation, CancellationToken cancellationToken) => new(
        await HttpWire.ConnectAsync(url, cancellationToken),
        new NumberedBytes(HttpRequest.Post(url, "/api/messages", token, ChatText.Body(conversation))));

    /// <inheritdoc/>
    public async ValueTask SendAsync(long number, CancellationToken cancellationToken)
    {
        var answer = await _wire.SendAsync(_request.With(number), Created, cancellationToken);
        if (answer.Span.IndexOf(_proof.With(number).Span) < 0)
        {
            throw new BenchException("An answer was to another message.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
