using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>The library's errors as the exceptions of the ports. Messages carry the code alone.</summary>
internal static class KafkaFailure
{
    /// <summary>Why records were not appended.</summary>
    public static IOException OfAppend(Error error) => new($"The event stream could not be written: {error.Code}.");

    /// <summary>Why something could not be asked.</summary>
    public static IOException OfRequest(Error error) => new($"The event stream does not answer: {error.Code}.");

    /// <summary>
    /// Whether a partition cannot be read on. The library goes on behind what it could not read, so whoever hears this
    /// stops the partition: nothing is skipped.
    /// </summary>
    public static bool IsDamage(ErrorCode code) => code is ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression
        or ErrorCode.InvalidMsg or ErrorCode.InvalidMsgSize or ErrorCode.Local_Underflow or ErrorCode.InvalidRecord
        or ErrorCode.UnsupportedCompressionType;

    /// <summary>Whether a member is of no more use: it joins anew, or an operator helps.</summary>
    public static bool EndsMember(Error error) => error.IsFatal || error.Code is ErrorCode.TopicAuthorizationFailed
        or ErrorCode.GroupAuthorizationFailed or ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic
        or ErrorCode.FencedInstanceId or ErrorCode.InconsistentGroupProtocol or ErrorCode.Local_Fatal;
}
