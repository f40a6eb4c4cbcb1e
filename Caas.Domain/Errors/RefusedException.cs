namespace Caas.Domain.Errors;

/// <summary>
/// A port that has no <see cref="Result{T}"/> to answer with refuses: its engine is away, full or overloaded. Every face
/// of the product answers with the error that it carries.
/// </summary>
/// <param name="error">What the caller is told.</param>
/// <param name="innerException">Why, for the log.</param>
public class RefusedException(Error error, Exception? innerException = null) : Exception(error.Detail, innerException)
{
    /// <summary>What the caller is told.</summary>
    public Error Error => error;
}
