using System.Globalization;
using System.Text.Json;
using Caas.Tests.Gateway;

namespace Caas.Tests.Isolation;

/// <summary>Asks for what is the victim's, and for what nobody has, and says where the two differ or anything changed.</summary>
/// <param name="host">The product.</param>
/// <param name="victim">Whose ids are named.</param>
internal sealed class Walk(GatewayHost host, Victim victim)
{
    private readonly List<string> _findings = [];
    private int _number;

    /// <summary>How many pairs were asked.</summary>
    public int Asked { get; private set; }

    /// <summary>What was read, changed or told apart; empty where all is well.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Asks one endpoint or command everything, as everybody.</summary>
    public async Task AskAsync(string name, Entry entry, IReadOnlyList<Trespasser> trespassers)
    {
        var before = await victim.LookAsync();
        foreach (var trespasser in trespassers)
        {
            foreach (var probe in entry.Probes.Where(trespasser.Concerns))
            {
                await AskAsync(name, probe, trespasser);
            }
        }

        var after = await victim.LookAsync();
        foreach (var (what, was) in before.Where(state => after[state.Key] != state.Value))
        {
            _findings.Add($"{name} changed {what}:\n  {was}\n  {after[what]}");
        }
    }

    private async Task AskAsync(string name, Probe probe, Trespasser trespasser)
    {
        var (foreign, random) = probe.Kind.Length == 0 ? ("", "") : victim.Foreign[probe.Kind];
        var theirs = await AnswerAsync(name, probe, trespasser, foreign);
        Asked++;
        var label = $"{name} as {trespasser.Name}, {probe.Kind} {probe.Path} {probe.Body}";
        foreach (var secret in victim.Secrets(trespasser.SameClient).Where(secret => secret != foreign))
        {
            if (theirs.Text.Contains(secret, StringComparison.Ordinal))
            {
                _findings.Add($"{label} read {secret}: {theirs.Text}");
            }
        }

        if (probe.Kind.Length == 0)
        {
            return;
        }

        var nobodys = await AnswerAsync(name, probe, trespasser, random);
        if (theirs.Form != nobodys.Form)
        {
            _findings.Add($"{label} tells a foreign id from a random one:\n  {theirs.Form}\n  {nobodys.Form}");
        }
    }

    private Task<(string Text, string Form)> AnswerAsync(string name, Probe probe, Trespasser trespasser, string id) =>
        probe.Path.Length == 0
            ? CommandAsync(name, Fill(probe.Body!, trespasser, id), trespasser, id)
            : RequestAsync(name, probe, trespasser, id);

    private async Task<(string Text, string Form)> RequestAsync(string name, Probe probe, Trespasser trespasser, string id)
    {
        (string Name, string Value)? header =
            probe.Header is { } named ? (named.Name, Fill(named.Value, trespasser, id)) : null;
        var answer = await host.SendAsync(
            HttpMethod.Parse(name.Split(' ')[0]),
            Fill(probe.Path, trespasser, id),
            trespasser.Credential,
            probe.Body is null ? null : Fill(probe.Body, trespasser, id),
            trespasser.Headers(header));
        var headers = string.Join(' ', answer.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
        return (
            $"{answer.Text}\n{string.Join('\n', answer.Headers.Values)}",
            $"{answer.Status} {headers} {AnswerForm.Of(answer.Text, id, refused: answer.Status >= 400)}");
    }

    private static async Task<(string Text, string Form)> CommandAsync(string name, string argument, Trespasser trespasser, string id)
    {
        var answer = await trespasser.Socket!.EmitAsync(name, JsonElement.Parse(argument));
        var text = answer.GetRawText();
        return (text, AnswerForm.Of(text, id, refused: !answer.GetProperty("ok").GetBoolean()));
    }

    private string Fill(string template, Trespasser trespasser, string id) => template
        .Replace("@", id, StringComparison.Ordinal)
        .Replace("{ownMessage}", trespasser.Message, StringComparison.Ordinal)
        .Replace("{own}", trespasser.Conversation, StringComparison.Ordinal)
        .Replace("{self}", trespasser.UserId, StringComparison.Ordinal)
        .Replace("{n}", (++_number).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
