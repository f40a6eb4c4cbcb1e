using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Caas.Domain.Caching;

/// <summary>
/// A bounded cache of two generations: a full young one becomes the old one, and what is found in the old one is young
/// again, so that what is used stays. Holds at most twice <paramref name="capacity"/> entries. Thread-safe; a look-up
/// takes no lock.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
/// <param name="capacity">The most entries of a generation.</param>
public sealed class GenerationalCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Lock _turn = new();
    private ConcurrentDictionary<TKey, TValue> _young = new();
    private ConcurrentDictionary<TKey, TValue> _old = new();
    private int _count;

    /// <summary>The value of a key.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!_old.TryGetValue(key, out value))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    /// <summary>Keeps a value, for as long as there is room.</summary>
    public void Set(TKey key, TValue value)
    {
        if (!_young.TryAdd(key, value))
        {
            _young[key] = value;
            return;
        }

        if (Interlocked.Increment(ref _count) >= capacity)
        {
            Turn();
        }
    }

    /// <summary>Forgets a key.</summary>
    public void Remove(TKey key)
    {
        _young.TryRemove(key, out _);
        _old.TryRemove(key, out _);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_turn)
        {
            _old = new();
            _young = new();
            _count = 0;
        }
    }

    private void Turn()
    {
        lock (_turn)
        {
            if (_count < capacity)
            {
                return;
            }

            _old = _young;
            _young = new();
            _count = 0;
        }
    }
}
