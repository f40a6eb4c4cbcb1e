using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Caas.Gateway.Proxy;

/// <summary>
/// What messaging is told of a caller: the address and scheme that the gateway saw, in place of whatever the caller
/// claimed, and the host that was asked, by which a page's own origin is known. Nothing that only the last hop may say.
/// </summary>
internal static class HeaderHygiene
{
    private static readonly string[] Claims = ["Forwarded", "X-Real-IP", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"];

    public static void Apply(TransformBuilderContext context)
    {
        context.AddOriginalHost();
        context.AddXForwarded(ForwardedTransformActions.Set);
        context.AddXForwardedPrefix(action: ForwardedTransformActions.Remove);
        foreach (var claim in Claims)
        {
            context.AddRequestHeaderRemove(claim);
        }
    }
}
