using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Caas.Http.Hosting;

/// <summary>The listeners of one host.</summary>
/// <param name="settings">Where they listen.</param>
internal sealed class Listeners(HostSettings settings)
{
    private readonly Listener _api = new("api");
    private readonly IReadOnlyList<(SidePort Side, Listener Listener)> _sides =
        [.. settings.Sides.Select(side => (side, new Listener(side.Side.Name)))];

    /// <summary>Where the API is, once the host has started.</summary>
    public Uri Api => new(_api.Url(settings.Http.Host));

    /// <summary>What each is called and where it is, once the host has started; the API first.</summary>
    public IEnumerable<(string Name, string Url)> Urls =>
        _sides.Select(side => side.Listener).Prepend(_api).Select(listener => (listener.Name, listener.Url(settings.Http.Host)));

    /// <summary>Listens where the settings say.</summary>
    public void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        _api.Listen(kestrel, settings.Http.Host, settings.Http.Port);
        foreach (var (side, listener) in _sides)
        {
            listener.Listen(kestrel, settings.Http.Host, side.Port);
        }
    }

    /// <summary>Gives what came in at the side to what is served there.</summary>
    public void MapSides(IApplicationBuilder app)
    {
        foreach (var (side, listener) in _sides)
        {
            app.MapWhen(listener.Serves, side.Side.Map);
        }
    }
}
