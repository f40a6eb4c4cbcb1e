using Caas.Domain.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Engines.Avro;

/// <summary>Registers the Avro form of events.</summary>
public static class AvroRegistration
{
    /// <summary>Adds <see cref="IEventCodec"/> and the codecs of the other records over the <see cref="ISchemaRegistry"/> that is registered beside it.</summary>
    public static IServiceCollection AddAvroEvents(this IServiceCollection services) =>
        services
            .AddSingleton<IEventCodec, AvroEventCodec>()
            .AddSingleton<RecordSchema<DeadLetter>, DeadLetterSchema>()
            .AddSingleton<RecordSchema<Notification>, NotificationSchema>()
            .AddSingleton<IRecordCodec<DeadLetter>, AvroRecordCodec<DeadLetter>>()
            .AddSingleton<IRecordCodec<Notification>, AvroRecordCodec<Notification>>();
}
