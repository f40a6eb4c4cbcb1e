using System.Globalization;

namespace Caas.AppHost.Resources;

/// <summary>How containers of one engine know each other.</summary>
internal static class ContainerAddresses
{
    /// <summary>
    /// The address of one endpoint. When run, a container's name on Aspire's network is its resource's name; elsewhere the
    /// platform says what it is.
    /// </summary>
    public static ReferenceExpression Of(
        IResourceBuilder<ContainerResource> container, string endpoint, int port, Deployment deployment) =>
        deployment.IsRun
            ? ReferenceExpression.Create($"{container.Resource.Name}:{port.ToString(CultureInfo.InvariantCulture)}")
            : ReferenceExpression.Create($"{container.GetEndpoint(endpoint).Property(EndpointProperty.HostAndPort)}");

    /// <summary>The addresses of several, with commas between.</summary>
    public static ReferenceExpression Of(
        IEnumerable<IResourceBuilder<ContainerResource>> containers, string endpoint, int port, Deployment deployment) =>
        Join(containers.Select(container => Of(container, endpoint, port, deployment)));

    /// <summary>Several expressions with commas between.</summary>
    public static ReferenceExpression Join(IEnumerable<ReferenceExpression> parts)
    {
        var expression = new ReferenceExpressionBuilder();
        foreach (var part in parts)
        {
            if (!expression.IsEmpty)
            {
                expression.AppendLiteral(",");
            }

            expression.Append($"{part}");
        }

        return expression.Build();
    }
}
