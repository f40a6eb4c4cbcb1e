namespace Caas.Domain.Ids;

/// <summary>An id that the server makes; its text is a <see cref="TypeId"/> of <see cref="Prefix"/>.</summary>
/// <typeparam name="TSelf">The kind of id.</typeparam>
public interface ITypeId<TSelf>
    where TSelf : struct, ITypeId<TSelf>
{
    /// <summary>What its texts begin with, without the underscore.</summary>
    static abstract string Prefix { get; }

    /// <summary>The id of this UUID.</summary>
    static abstract TSelf From(Guid value);

    /// <summary>The UUID, of version 7.</summary>
    Guid Value { get; }
}
