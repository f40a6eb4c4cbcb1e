using System.Diagnostics.CodeAnalysis;

namespace Caas.Domain.Errors;

/// <summary>A value, or the reason why there is none.</summary>
/// <typeparam name="T">The value.</typeparam>
public readonly record struct Result<T>
{
    private Result(T? value, Error? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value; meaningless where <see cref="Error"/> is set.</summary>
    public T? Value { get; }

    /// <summary>The refusal; null where there is a value.</summary>
    public Error? Error { get; }

    /// <summary>A success; for interfaces, which have no conversions.</summary>
    public static Result<T> Of(T value) => new(value, null);

    /// <summary>True and the value, or false and the refusal.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Error? error)
    {
        value = Value;
        error = Error;
        return error is null;
    }

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(Error error) => new(default, error);
}
