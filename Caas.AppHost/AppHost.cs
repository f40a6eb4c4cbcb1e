// The diagram of docs/architecture.md as a script. What needs more than a few lines is in Resources/.
//
//   gateway (x1) ----> messaging (x2) <---- consumers (x2)
//        |                  |                    |
//        +------- mongodb, redis, kafka, schemaregistry, elasticsearch, blobs
//
// Caas:Topology = single (default when run) | cluster (default when published)
// Caas:Target   = compose (default) | k8s | azure; read when published
using Caas.AppHost.Resources;

var builder = DistributedApplication.CreateBuilder(args);
var deployment = Deployment.Read(builder);

var mongodb = builder.AddMongoReplicaSet("mongodb", deployment);
var redis = builder.AddRedisCounters("redis", deployment);
var kafka = builder.AddKafkaCluster("kafka", deployment);
var schemas = builder.AddSchemaRegistry("schemaregistry", kafka, deployment);
var search = builder.AddSearch("elasticsearch", deployment);
var blobs = builder.AddFiles("blobs", deployment);
var engines = new Engines([mongodb, redis, kafka.Connection, schemas, search, blobs]);

var messaging = builder.AddProject<Projects.Caas_Messaging>("messaging")
    .WithReplicas(2)
    .WithApi(deployment)
    .BehindGateway(deployment)
    .WithMetrics(deployment)
    .WithEngines(engines, deployment);

builder.AddProject<Projects.Caas_Consumers>("consumers")
    .WithReplicas(2)
    .WithApi(deployment)
    .WithMetrics(deployment)
    .WithEngines(engines, deployment);

builder.AddProject<Projects.Caas_Gateway>("gateway")
    .WithApi(deployment, port: 3000)
    .WithExternalHttpEndpoints()
    .WithMetrics(deployment, port: 3001)
    .WithPlatformKey(builder)
    .WithEngines(engines, deployment)
    .WithReference(messaging)
    .WaitFor(messaging)
    .WithUrlForEndpoint("http", (EndpointReference _) => new ResourceUrlAnnotation { Url = "/docs", DisplayText = "API reference" });

builder.AddOperatorWindows(mongodb, kafka, schemas, deployment);

await builder.Build().RunAsync();
