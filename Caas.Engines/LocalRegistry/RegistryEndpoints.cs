using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Engines.LocalRegistry;

/// <summary>
/// The HTTP API of the Confluent Schema Registry, as far as clients and tools use it for Avro. As there, whoever reaches
/// the port may register: serve it on loopback, or behind something that asks for credentials.
/// </summary>
public static class RegistryEndpoints
{
    /// <summary>
    /// Maps the API; its paths begin at the root, so it wants a port or a group of its own. Maps nothing where another
    /// registry is used.
    /// </summary>
    public static IEndpointRouteBuilder MapLocalSchemaRegistry(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<LocalSchemaRegistry>() is not { } registry)
        {
            return endpoints;
        }

        var group = endpoints.MapGroup(string.Empty).ExcludeFromDescription();
        MapSchemas(group, registry);
        MapSubjects(group, registry);
        MapLevels(group, registry);

        // Newer clients ask for associations first; a registry without them answers 404, and they go on without.
        group.Map("/associations/{**rest}", static () => RegistryAnswer.NoPath);
        return endpoints;
    }

    private static void MapSchemas(RouteGroupBuilder group, LocalSchemaRegistry registry)
    {
        group.MapGet("/", static () => RegistryAnswer.Empty);
        group.MapGet("/schemas/types", static () => RegistryAnswer.Ok(["AVRO"], RegistryJson.Default.IReadOnlyListString));
        group.MapGet("/schemas/ids/{id}", (string id) =>
            int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && registry.Use(catalogue => catalogue.FindText(number)) is { } text
                ? RegistryAnswer.Ok(new SchemaAnswer(text), RegistryJson.Default.SchemaAnswer)
                : RegistryAnswer.NoSchema($"Schema {id}"));
    }

    private static void MapSubjects(RouteGroupBuilder group, LocalSchemaRegistry registry)
    {
        group.MapGet("/subjects", () =>
            RegistryAnswer.Ok(registry.Use(static catalogue => catalogue.Subjects), RegistryJson.Default.IReadOnlyListString));
        group.MapGet("/subjects/{subject}/versions", (string subject) =>
            registry.Use(catalogue => catalogue.Versions(subject)) is { Count: > 0 } versions
                ? RegistryAnswer.Ok([.. Enumerable.Range(1, versions.Count)], RegistryJson.Default.IReadOnlyListInt32)
                : RegistryAnswer.NoSubject(subject));
        group.MapGet("/subjects/{subject}/versions/{version}", (string subject, string version) =>
            Find(registry, subject, version, out var found) ?? RegistryAnswer.Ok(found, RegistryJson.Default.VersionAnswer));
        group.MapPost("/subjects/{subject}/versions", (string subject, HttpContext context) =>
            WithSchemaAsync(context, schema => Register(registry, subject, schema)));
        group.MapPost("/subjects/{subject}", (string subject, HttpContext context) =>
            WithSchemaAsync(context, schema => LookUp(registry, subject, schema)));
        group.MapPost("/compatibility/subjects/{subject}/versions", (string subject, HttpContext context) =>
            WithSchemaAsync(context, schema => Check(registry, subject, schema, registry.Use(catalogue => catalogue.Versions(subject)))));
        group.MapPost("/compatibility/subjects/{subject}/versions/{version}", (string subject, string version, HttpContext context) =>
            WithSchemaAsync(context, schema =>
                Find(registry, subject, version, out var found) ?? Check(registry, subject, schema, [found.Id])));
    }

    private static void MapLevels(RouteGroupBuilder group, LocalSchemaRegistry registry)
    {
        group.MapGet("/config", () => Level(registry.Use(static catalogue => catalogue.Level(string.Empty))));

        // The second parameter makes it a handler, whose answer is written, instead of a RequestDelegate.
        group.MapPut("/config", (HttpContext context, CancellationToken _) => SetLevelAsync(context, registry, string.Empty));
        group.MapGet("/config/{subject}", (string subject, bool? defaultToGlobal) =>
            (defaultToGlobal == true
                ? registry.Use(catalogue => catalogue.Level(subject))
                : registry.Use(catalogue => catalogue.FindLevel(subject))) is { } level
                    ? Level(level)
                    : RegistryAnswer.NoLevel(subject));
        group.MapPut("/config/{subject}", (string subject, HttpContext context) => SetLevelAsync(context, registry, subject));
    }

    private static RegistryAnswer Register(LocalSchemaRegistry registry, string subject, string schema)
    {
        var registered = registry.Register(subject, schema);
        return registered.Faults.Count == 0
            ? RegistryAnswer.Ok(new IdAnswer(registered.Id), RegistryJson.Default.IdAnswer)
            : RegistryAnswer.Incompatible(registered.Describe(subject));
    }

    private static RegistryAnswer LookUp(LocalSchemaRegistry registry, string subject, string schema)
    {
        var (_, text) = LocalSchemaRegistry.Parse(schema);
        var (versions, id) = registry.Use(catalogue => (catalogue.Versions(subject), catalogue.FindId(text)));
        return versions.Count == 0 ? RegistryAnswer.NoSubject(subject)
            : id is { } known && versions.Contains(known)
                ? RegistryAnswer.Ok(
                    new VersionAnswer(subject, known, versions.ToList().IndexOf(known) + 1, text),
                    RegistryJson.Default.VersionAnswer)
                : RegistryAnswer.NoSchema("Schema");
    }

    private static RegistryAnswer Check(
        LocalSchemaRegistry registry, string subject, string schema, IReadOnlyList<int> versions)
    {
        var faults = registry.FindFaults(subject, schema, versions);
        return RegistryAnswer.Ok(
            new CompatibilityAnswer(faults.Count == 0, faults.Count == 0 ? null : faults), RegistryJson.Default.CompatibilityAnswer);
    }

    // Null where the version is there.
    private static RegistryAnswer? Find(LocalSchemaRegistry registry, string subject, string version, out VersionAnswer found)
    {
        found = new VersionAnswer(subject, 0, 0, string.Empty);
        var versions = registry.Use(catalogue => catalogue.Versions(subject));
        var number = version is "latest" or "-1" ? versions.Count
            : int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
            : 0;
        if (number < 1 && version is not ("latest" or "-1"))
        {
            return RegistryAnswer.InvalidVersion(version);
        }

        if (versions.Count == 0)
        {
            return RegistryAnswer.NoSubject(subject);
        }

        if (number > versions.Count)
        {
            return RegistryAnswer.NoVersion(version);
        }

        var id = versions[number - 1];
        found = new VersionAnswer(subject, id, number, registry.Use(catalogue => catalogue.FindText(id))!);
        return null;
    }

    private static RegistryAnswer Level(CompatibilityLevel level) =>
        RegistryAnswer.Ok(new LevelAnswer(level.Name), RegistryJson.Default.LevelAnswer);

    private static async Task<RegistryAnswer> SetLevelAsync(HttpContext context, LocalSchemaRegistry registry, string subject)
    {
        var (request, error) = await RegistryBody.ReadAsync(context, RegistryJson.Default.LevelRequest).ConfigureAwait(false);
        if (request is null)
        {
            return error!;
        }

        if (CompatibilityLevel.Find(request.Compatibility?.ToUpperInvariant()) is not { } level)
        {
            return RegistryAnswer.InvalidLevel;
        }

        registry.SetLevel(subject, level);
        return RegistryAnswer.Ok(new LevelRequest(level.Name), RegistryJson.Default.LevelRequest);
    }

    private static async Task<RegistryAnswer> WithSchemaAsync(HttpContext context, Func<string, RegistryAnswer> answer)
    {
        var (request, error) = await RegistryBody.ReadAsync(context, RegistryJson.Default.SchemaRequest).ConfigureAwait(false);
        if (request is null)
        {
            return error!;
        }

        if (request.SchemaType is not (null or "AVRO") || request.References is { Count: > 0 })
        {
            return RegistryAnswer.InvalidSchema("only AVRO without references is served here");
        }

        try
        {
            return answer(request.Schema ?? string.Empty);
        }
        catch (InvalidDataException e)
        {
            return RegistryAnswer.InvalidSchema(e.Message);
        }
    }
}
