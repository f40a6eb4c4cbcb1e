namespace Caas.Tests.Support.MongoWireServer;

/// <summary>The error codes that the wire server answers with, as MongoDB numbers them.</summary>
public static class MongoErrors
{
    public const int BadValue = 2;
    public const int HostUnreachable = 6;
    public const int FailedToParse = 9;
    public const int Unauthorized = 13;
    public const int TypeMismatch = 14;
    public const int InvalidLength = 16;
    public const int ProtocolError = 17;
    public const int AuthenticationFailed = 18;
    public const int IllegalOperation = 20;
    public const int LockTimeout = 24;
    public const int NamespaceNotFound = 26;
    public const int IndexNotFound = 27;
    public const int PathNotViable = 28;
    public const int ConflictingUpdateOperators = 40;
    public const int CursorNotFound = 43;
    public const int NamespaceExists = 48;
    public const int MaxTimeExpired = 50;
    public const int CommandNotFound = 59;
    public const int WriteConcernTimeout = 64;
    public const int ImmutableField = 66;
    public const int InvalidOptions = 72;
    public const int InvalidNamespace = 73;
    public const int NoReplicationEnabled = 76;
    public const int IndexOptionsConflict = 85;
    public const int IndexKeySpecsConflict = 86;
    public const int ShutdownInProgress = 91;
    public const int UnsatisfiableWriteConcern = 100;
    public const int WriteConflict = 112;
    public const int DocumentValidationFailure = 121;
    public const int PrimarySteppedDown = 189;
    public const int TransactionTooOld = 225;
    public const int SnapshotTooOld = 239;
    public const int NoSuchTransaction = 251;
    public const int TransactionCommitted = 256;
    public const int NotSupportedInTransaction = 263;
    public const int ChangeStreamHistoryLost = 286;
    public const int NotWritablePrimary = 10107;
    public const int DuplicateKey = 11000;
    public const int InterruptedDueToStepDown = 11602;
    public const int InvalidPipelineOperator = 168;
    public const int UnrecognizedStage = 40324;
    public const int UnknownField = 40415;
    public const int MissingField = 40414;

    /// <summary>The name of a code, as the answer carries it.</summary>
    public static string Name(int code) => code switch
    {
        BadValue => "BadValue",
        HostUnreachable => "HostUnreachable",
        FailedToParse => "FailedToParse",
        Unauthorized => "Unauthorized",
        TypeMismatch => "TypeMismatch",
        AuthenticationFailed => "AuthenticationFailed",
        NamespaceNotFound => "NamespaceNotFound",
        IndexNotFound => "IndexNotFound",
        CursorNotFound => "CursorNotFound",
        NamespaceExists => "NamespaceExists",
        MaxTimeExpired => "MaxTimeMSExpired",
        CommandNotFound => "CommandNotFound",
        WriteConcernTimeout => "WriteConcernTimeout",
        InvalidOptions => "InvalidOptions",
        NoReplicationEnabled => "NoReplicationEnabled",
        IndexOptionsConflict => "IndexOptionsConflict",
        IndexKeySpecsConflict => "IndexKeySpecsConflict",
        ShutdownInProgress => "ShutdownInProgress",
        WriteConflict => "WriteConflict",
        DocumentValidationFailure => "DocumentValidationFailure",
        PrimarySteppedDown => "PrimarySteppedDown",
        TransactionTooOld => "TransactionTooOld",
        SnapshotTooOld => "SnapshotTooOld",
        NoSuchTransaction => "NoSuchTransaction",
        TransactionCommitted => "TransactionCommitted",
        NotSupportedInTransaction => "OperationNotSupportedInTransaction",
        ChangeStreamHistoryLost => "ChangeStreamHistoryLost",
        NotWritablePrimary => "NotWritablePrimary",
        DuplicateKey => "DuplicateKey",
        InterruptedDueToStepDown => "InterruptedDueToReplStateChange",
        _ => $"Location{code}",
    };
}
