using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caas.Http.Credentials;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Gateway;

/// <summary>What is not an access token of ours (RFC 8725; ASVS 5.0 chapter 9), and one that is, to show that the rest is.</summary>
[Collection(nameof(GatewayCollection))]
public sealed class AccessTokenAttackTests(SharedGateway shared) : IAsyncLifetime
{
    private readonly GatewayHost _host = shared.Host;
    private JsonObject _header = null!;
    private JsonObject _payload = null!;
    private RingKey _key = null!;
    private TestClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _client = await _host.RegisterAsync();
        var tokens = await _host.SignInAsync(_client);
        var parts = tokens.Access.Split('.');
        _header = Decode(parts[0]);
        _payload = Decode(parts[1]);
        _key = await _host.Services.GetRequiredService<SigningKeyRing>().GetSignerAsync(GatewayHost.Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_control_made_by_the_same_hands_is_let_in() =>
        (await _host.GetAsync("/api/sessions", SignedByUs())).Status.ShouldBe(200);

    [Fact]
    public async Task Claims_are_those_of_the_contract()
    {
        _payload.Select(claim => claim.Key).ShouldBe(
            ["iss", "aud", "sub", "cid", "sid", "did", "role", "iat", "exp", "jti"], ignoreOrder: true);
        _header["alg"]!.GetValue<string>().ShouldBe("ES256");
        _payload["aud"]!.GetValue<string>().ShouldBe(_client.ApplicationId);
        (await _host.GetAsync("/.well-known/jwks.json", credential: null)).Text.ShouldContain(_header["kid"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    public async Task Unsigned(string algorithm)
    {
        _header["alg"] = algorithm;

        await RefusedAsync($"{Content()}.");
    }

    [Fact]
    public async Task Signed_with_our_public_key_as_an_hmac_secret()
    {
        _header["alg"] = "HS256";
        var spki = _key.Security.ECDsa.ExportSubjectPublicKeyInfo();
        byte[][] secrets =
        [
            spki,
            Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", spki)),
            [.. _key.Public.X!, .. _key.Public.Y!],
        ];
        foreach (var secret in secrets)
        {
            var content = Content();
            var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(content));
            await RefusedAsync($"{content}.{Base64Url.EncodeToString(mac)}");
        }
    }

    [Fact]
    public async Task Signed_by_a_stranger_under_our_key_id()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        await RefusedAsync(Signed(stranger));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("")]
    [InlineData("../../dev/null")]
    [InlineData("' OR 1=1 --")]
    public async Task Under_another_key_id(string keyId)
    {
        _header["kid"] = keyId;

        await RefusedAsync(SignedByUs());
    }

    [Fact]
    public async Task Without_a_key_id()
    {
        _header.Remove("kid");

        await RefusedAsync(SignedByUs());
    }

    [Theory]
    [InlineData("jku", "\"https://evil.test/keys\"")]
    [InlineData("x5u", "\"https://evil.test/cert\"")]
    [InlineData("jwk", """{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}""")]
    public async Task With_a_key_of_its_own_which_nobody_looks_at(string name, string value)
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _header[name] = JsonNode.Parse(value);

        await RefusedAsync(Signed(stranger));
        (await _host.GetAsync("/api/sessions", SignedByUs())).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("JWE")]
    public async Task Of_another_type(string type)
    {
        _header["typ"] = type;

        await RefusedAsync(SignedByUs());
    }

    [Theory]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task Under_another_algorithm(string algorithm)
    {
        _header["alg"] = algorithm;

        await RefusedAsync(SignedByUs());
    }

    [Theory]
    [InlineData("iss", "\"https://evil.test\"")]
    [InlineData("iss", "\"\"")]
    [InlineData("aud", "\"app_01kb0hqv8wf2t9y3rm5x6z7a1c\"")]
    [InlineData("aud", "\"everybody\"")]
    [InlineData("aud", "[]")]
    [InlineData("cid", "\"client_01kb0hqv8wf2t9y3rm5x6z7a1c\"")]
    [InlineData("cid", "7")]
    [InlineData("sid", "\"\"")]
    [InlineData("did", "null")]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "\"a b\"")]
    [InlineData("exp", "\"never\"")]
    public async Task With_a_claim_that_is_not_ours(string claim, string value)
    {
        _payload[claim] = JsonNode.Parse(value);

        await RefusedAsync(SignedByUs());
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("cid")]
    [InlineData("sid")]
    [InlineData("sub")]
    [InlineData("exp")]
    public async Task Without_a_claim(string claim)
    {
        _payload.Remove(claim);

        await RefusedAsync(SignedByUs(), claim == "exp" ? null : "invalid_credential");
    }

    [Fact]
    public async Task With_the_audience_of_another_client()
    {
        var other = await _host.RegisterAsync();
        _payload["aud"] = other.ApplicationId;

        await RefusedAsync(SignedByUs());
    }

    [Fact]
    public async Task Past_its_end()
    {
        _payload["exp"] = _payload["iat"]!.GetValue<long>() - 1;

        await RefusedAsync(SignedByUs(), "credential_expired");
    }

    [Fact]
    public async Task With_a_payload_that_was_changed_after_signing()
    {
        var signature = SignedByUs().Split('.')[2];
        _payload["sub"] = "admin";

        await RefusedAsync($"{Content()}.{signature}");
    }

    [Fact]
    public async Task With_a_signature_of_zeros() =>
        await RefusedAsync($"{Content()}.{Base64Url.EncodeToString(new byte[64])}");

    [Theory]
    [InlineData("a")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("e30.e30.")]
    public async Task That_is_no_token_at_all(string text) => await RefusedAsync(text);

    [Fact]
    public async Task Longer_than_any_that_we_make() => await RefusedAsync($"{Content()}.{new string('A', 5000)}");

    private async Task RefusedAsync(string token, string? code = "invalid_credential")
    {
        var answer = await _host.GetAsync("/api/sessions", token);
        answer.Status.ShouldBe(401, answer.Text);
        answer.Header("WWW-Authenticate").ShouldNotBeNull();
        if (code is not null)
        {
            answer.Code.ShouldBe(code);
        }
    }

    private string SignedByUs() => Signed(_key.Security.ECDsa);

    private string Signed(ECDsa key)
    {
        var content = Content();
        return $"{content}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }

    private string Content() => $"{Encode(_header)}.{Encode(_payload)}";

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    private static JsonObject Decode(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
}
