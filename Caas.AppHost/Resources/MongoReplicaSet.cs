using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.AppHost.Resources;

/// <summary>
/// MongoDB as a replica set of one or three members, with authentication between clients and members alike. Aspire's own
/// MongoDB resource is a server alone; when Aspire has a replica set of its own, this file is what it replaces.
/// </summary>
internal static class MongoReplicaSet
{
    private const string SetName = "rs0";
    private const string User = "caas_admin";
    private const string Endpoint = "mongo";
    private const int Port = 27017;

    // Members of a set prove themselves by a shared key file: base64 characters, 6 to 1024 of them, for its owner alone.
    // The image's entrypoint makes the root user before it starts the set, and only where MONGO_INITDB_ROOT_* are set.
    private const string StartMember =
        """
        printf '%s' "$CAAS_REPLICA_KEY" > /etc/mongo-replica-key
        chown mongodb:mongodb /etc/mongo-replica-key
        chmod 400 /etc/mongo-replica-key
        exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /etc/mongo-replica-key --bind_ip_all
        """;

    // Repeating it does no harm, and it waits by itself: what is published knows no order of starts.
    private const string InitiateSet =
        """
        const uri = 'mongodb://' + process.env.MONGO_USER + ':' + process.env.MONGO_PASSWORD + '@'
          + process.env.MONGO_MEMBERS.split(',')[0] + '/admin?directConnection=true&serverSelectionTimeoutMS=2000';
        const members = process.env.MONGO_MEMBERS.split(',')
          .map((host, i) => ({ _id: i, host: host, priority: i === 0 ? 2 : 1 }));
        for (let attempt = 1; ; attempt++) {
          try {
            const admin = connect(uri);
            try {
              admin.adminCommand({ replSetGetStatus: 1 });
            } catch (error) {
              if (error.codeName !== 'NotYetInitialized') throw error;
              admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: members } });
            }
            if (admin.hello().setName === 'rs0' && admin.hello().primary) quit(0);
          } catch (error) {
            print('attempt ' + attempt + ': ' + error.message);
          }
          if (attempt === 90) quit(1);
          sleep(2000);
        }
        """;

    // Takes neither user nor password. A member that still copies or catches up does not serve, and the next may not go.
    private const string AskMember = "const member = db.hello(); quit(member.isWritablePrimary || member.secondary ? 0 : 1)";

    /// <summary>The replica set's connection string, healthy when its primary takes writes.</summary>
    public static Engine AddMongoReplicaSet(
        this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return new Engine(builder.AddConnectionString(name));
        }

        var password = builder.AddSecret($"{name}-password");
        var key = builder.AddSecret($"{name}-replica-key", length: 64);
        string[] names = [.. Enumerable.Range(1, deployment.Members).Select(number => $"{name}-{number}")];
        var nodes = new EngineNodes(names, new Footprint(name, MemoryMiB: 2048, MilliCores: 500))
        {
            ReadyCommand = ["mongosh", "--quiet", "--eval", AskMember],
            AreReachedUnready = true,
        };
        var members = names
            .Select(member => builder.AddMember(member, member == names[0], password, key, deployment)
                .PublishEngine(deployment, nodes))
            .ToList();
        var initiated = builder.AddInit($"{name}-init", members, password, deployment);
        var connection = builder
            .AddConnectionString(name, expression => Compose(expression, members, password, deployment))
            .WithEngineHealth(AskAsync);
        return new Engine(connection) { Containers = members, Preparation = initiated, Password = password };
    }

    private static IResourceBuilder<ContainerResource> AddMember(
        this IDistributedApplicationBuilder builder,
        string name,
        bool first,
        IResourceBuilder<ParameterResource> password,
        IResourceBuilder<ParameterResource> key,
        Deployment deployment)
    {
        var member = builder.AddContainer(name, "library/mongo", "8.0")
            .WithImageRegistry("docker.io")
            .WithEntrypoint("bash")
            .WithArgs("-c", StartMember)
            .WithEnvironment("CAAS_REPLICA_KEY", key)
            .WithEndpoint(deployment.PortWhenRun(Port), Port, scheme: "tcp", name: Endpoint)
            .WithData("/data/db", "20Gi", deployment);

        // The port is known on the host for the first member alone: the others are reached through the set.
        if (!first)
        {
            return member.WithEndpoint(Endpoint, endpoint => endpoint.Port = null);
        }

        return member
            .WithEnvironment("MONGO_INITDB_ROOT_USERNAME", User)
            .WithEnvironment("MONGO_INITDB_ROOT_PASSWORD", password);
    }

    private static IResourceBuilder<ContainerResource> AddInit(
        this IDistributedApplicationBuilder builder,
        string name,
        List<IResourceBuilder<ContainerResource>> members,
        IResourceBuilder<ParameterResource> password,
        Deployment deployment)
    {
        var init = builder.AddContainer(name, "library/mongo", "8.0")
            .WithImageRegistry("docker.io")
            .WithEntrypoint("mongosh")
            .WithArgs("--quiet", "--nodb", "--eval", InitiateSet)
            .WithEnvironment("MONGO_USER", User)
            .WithEnvironment("MONGO_PASSWORD", password)
            .WithEnvironment("MONGO_MEMBERS", Addresses(members, deployment));
        foreach (var member in members)
        {
            init.WaitForStart(member);
        }

        return init.PublishOnce(deployment);
    }

    // Host processes cannot resolve the members' names: when run they speak to the first member alone, which is the
    // preferred primary. Elsewhere the whole set is named, and the driver finds the primary.
    private static void Compose(
        ReferenceExpressionBuilder expression,
        List<IResourceBuilder<ContainerResource>> members,
        IResourceBuilder<ParameterResource> password,
        Deployment deployment)
    {
        expression.Append($"mongodb://{User}:{password.Resource:uri}@");
        if (deployment.IsRun)
        {
            var first = members[0].GetEndpoint(Endpoint);
            expression.Append($"{first.Property(EndpointProperty.HostAndPort)}/?authSource=admin&directConnection=true");
            return;
        }

        expression.Append($"{Addresses(members, deployment)}/?authSource=admin&replicaSet={SetName}");
    }

    // The names by which members and clients know each other have to be the same.
    private static ReferenceExpression Addresses(
        List<IResourceBuilder<ContainerResource>> members, Deployment deployment) =>
        ContainerAddresses.Of(members, Endpoint, Port, deployment);

    private static async Task<string?> AskAsync(string connection, CancellationToken cancellationToken)
    {
        using var client = new MongoClient(connection);
        var hello = await client.GetDatabase("admin")
            .RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellationToken);
        return hello.GetValue("isWritablePrimary", false).ToBoolean() ? null : "It has no primary.";
    }
}
