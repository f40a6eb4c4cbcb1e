// The diagram of docs/architecture.md as a script. What needs more than a few lines is in Resources/.
//
//   gateway (x1) ----> messaging (x2) <---- consumers (x2)
//        |                  |                    |
//        +------- mongodb, redis, kafka, schemaregistry
//                 elasticsearch, blobs (for features to come)
//
// Caas:Topology = single (default when run) | cluster (default when published)
// Caas:Target   = compose (default) | k8s | azure; read when published (docs/deployment.md)
using Caas.AppHost.Resources;

var builder = DistributedApplication.CreateBuilder(args);
var deployment = Deployment.Read(builder);
var platformKey = builder.AddSecret("platform-key", length: 40);

var mongodb = builder.AddMongoReplicaSet("mongodb", deployment);
var redis = builder.AddRedisCounters("redis", deployment);
var kafka = builder.AddKafkaCluster("kafka", deployment);
var schemas = builder.AddSchemaRegistry("schemaregistry", kafka, deployment);
var engines = new Engines(
    Used: [mongodb, redis, kafka, schemas],
    Declared: [builder.AddSearch("elasticsearch", deployment), .. builder.AddFiles("blobs", deployment)]);

var messaging = builder.AddProcesses<Projects.Caas_Messaging>("messaging", count: 2, deployment, process => process
    .WithApi(deployment)
    .WithMetrics(deployment)
    .BehindGateway(deployment)
    .WithEngines(engines, deployment));

builder.AddProject<Projects.Caas_Consumers>("consumers")
    .WithReplicas(2)
    .WithApi(deployment)
    .WithMetrics(deployment)
    .WithEngines(engines, deployment)
    .PublishHardened(deployment, replicas: 2);

builder.AddProject<Projects.Caas_Gateway>("gateway")
    .WithApi(deployment, port: 3000)
    .AtTheEdge(deployment)
    .WithMetrics(deployment, port: 3001)
    .WithEnvironment("Caas__Platform__Key", platformKey)
    .WithEngines(engines, deployment)
    .InFrontOf(messaging)
    .WithOperatorCommands(platformKey)
    .WithWindows()
    .PublishHardened(deployment, replicas: 1);

builder.AddOperatorWindows(mongodb, kafka, schemas, deployment);

await builder.Build().RunAsync();
