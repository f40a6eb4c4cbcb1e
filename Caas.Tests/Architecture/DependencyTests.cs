using System.Reflection;
using System.Xml.Linq;
using Caas.Tests.Support;

namespace Caas.Tests.Architecture;

public sealed class DependencyTests
{
    private static readonly string[] Services = ["Caas.Gateway", "Caas.Messaging", "Caas.Consumers"];

    public static TheoryData<string> Projects => [.. ProjectRules.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_place_allows(string project)
    {
        var csproj = XDocument.Load(Path.Combine(Repository.Root, project, Path.GetFileName(project) + ".csproj"));

        ProjectRules.Violations(project, csproj).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Caas.Domain", """<PackageReference Include="Newtonsoft.Json" />""")]
    [InlineData("Caas.Domain", """<ProjectReference Include="../Caas.Engines/Caas.Engines.csproj" />""")]
    [InlineData("Caas.SocketIO", """<ProjectReference Include="../Caas.Domain/Caas.Domain.csproj" />""")]
    [InlineData("Caas.Gateway", """<ProjectReference Include="../Caas.Messaging/Caas.Messaging.csproj" />""")]
    [InlineData("Caas.Engines", """<ProjectReference Include="../fuzz/Caas.Fuzz/Caas.Fuzz.csproj" />""")]
    public void The_rule_of_references_can_fail(string project, string reference)
    {
        var csproj = XDocument.Parse($"<Project><ItemGroup>{reference}</ItemGroup></Project>");

        ProjectRules.Violations(project, csproj).Count.ShouldBe(1);
    }

    [Fact]
    public void No_service_was_compiled_against_another()
    {
        foreach (var service in Services)
        {
            ForeignServices(Assembly.Load(service)).ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_rule_of_services_can_fail() =>
        ForeignServices(typeof(DependencyTests).Assembly).ShouldNotBeEmpty();

    [Theory]
    [InlineData("Caas.Gateway")]
    [InlineData("Caas.Messaging")]
    [InlineData("Caas.Consumers")]
    public void Use_of_an_engine_is_left_to_composition(string service) =>
        UsersOfEngines(Assembly.Load(service)).ShouldAllBe(user => user == "Program");

    [Fact]
    public void The_rule_of_engines_can_fail() =>
        UsersOfEngines(typeof(Standalone.StandaloneCommand).Assembly).ShouldNotBeEmpty();

    [Fact]
    public void The_domain_and_the_socket_server_know_nothing_of_the_others()
    {
        foreach (var name in new[] { "Caas.Domain", "Caas.SocketIO" })
        {
            Assembly.Load(name).GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .ShouldNotContain(reference => reference.StartsWith("Caas.", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> ForeignServices(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(reference => reference.Name!)
        .Where(name => Services.Contains(name, StringComparer.Ordinal) && name != assembly.GetName().Name);

    private static List<string> UsersOfEngines(Assembly assembly) => NetArchTest.Rules.Types.InAssembly(assembly)
        .That().HaveDependencyOn("Caas.Engines")
        .GetTypes()
        .Select(type => type.FullName!.Split('/', '+')[0])
        .Distinct(StringComparer.Ordinal)
        .ToList();
}
