using System.Globalization;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>A dotted path into a document: reading fans out over the arrays on its way, writing does not.</summary>
internal sealed class DocumentPath
{
    private readonly string[] _steps;

    public DocumentPath(string path)
    {
        Text = path;
        _steps = path.Split('.');
        if (_steps.Any(step => step.Length == 0 || step[0] == '$'))
        {
            throw CommandFailure.BadValue(
                $"The path '{path}' has an empty or a positional step, which this server does not know");
        }
    }

    public string Text { get; }

    public string Root => _steps[0];

    /// <summary>Whether one of two paths lies inside the other.</summary>
    public bool Overlaps(DocumentPath other) =>
        _steps.Zip(other._steps).All(pair => pair.First == pair.Second);

    /// <summary>What stands at the path's end; null stands for «missing».</summary>
    public List<BsonValue?> Leaves(BsonValue value)
    {
        var leaves = new List<BsonValue?>(1);
        Collect(value, 0, leaves);
        return leaves;
    }

    /// <summary>The one value at the path, an array of them where it crosses an array; null stands for «missing».</summary>
    public BsonValue? Value(BsonValue value) => Value(value, 0);

    /// <summary>The value at the path without fan-out, as an update sees it.</summary>
    public BsonValue? Target(BsonDocument document)
    {
        BsonValue? value = document;
        foreach (var step in _steps)
        {
            value = value is null ? null : Child(value, step);
        }

        return value;
    }

    /// <summary>Sets the value and makes the documents on the way.</summary>
    public void Set(BsonDocument document, BsonValue value)
    {
        BsonValue holder = document;
        foreach (var step in _steps.AsSpan(..^1))
        {
            var child = Child(holder, step);
            if (child is null)
            {
                child = new BsonDocument();
                SetChild(holder, step, child);
            }

            holder = child;
        }

        SetChild(holder, _steps[^1], value);
    }

    public void Unset(BsonDocument document)
    {
        BsonValue? holder = document;
        foreach (var step in _steps.AsSpan(..^1))
        {
            holder = holder is null ? null : Child(holder, step);
        }

        switch (holder)
        {
            case BsonDocument inner:
                inner.Remove(_steps[^1]);
                break;
            case BsonArray array when Index(_steps[^1]) is { } index && index < array.Count:
                array[index] = BsonNull.Value;
                break;
        }
    }

    private void Collect(BsonValue value, int step, List<BsonValue?> leaves)
    {
        if (step == _steps.Length)
        {
            leaves.Add(value);
        }
        else if (value is BsonArray array)
        {
            if (Index(_steps[step]) is { } index && index < array.Count)
            {
                Collect(array[index], step + 1, leaves);
            }

            foreach (var element in array.OfType<BsonDocument>())
            {
                Collect(element, step, leaves);
            }
        }
        else if (value is BsonDocument document && document.TryGetValue(_steps[step], out var child))
        {
            Collect(child, step + 1, leaves);
        }
        else
        {
            leaves.Add(null);
        }
    }

    private BsonValue? Value(BsonValue value, int step) => value switch
    {
        _ when step == _steps.Length => value,
        BsonDocument document => document.TryGetValue(_steps[step], out var child) ? Value(child, step + 1) : null,
        BsonArray array => new BsonArray(
            array.OfType<BsonDocument>().Select(element => Value(element, step)).OfType<BsonValue>()),
        _ => null,
    };

    private static BsonValue? Child(BsonValue holder, string step) => holder switch
    {
        BsonDocument document => document.TryGetValue(step, out var child) ? child : null,
        BsonArray array when Index(step) is { } index => index < array.Count ? array[index] : null,
        _ => null,
    };

    private void SetChild(BsonValue holder, string step, BsonValue value)
    {
        switch (holder)
        {
            case BsonDocument document:
                document[step] = value;
                break;
            case BsonArray array when Index(step) is { } index and < 1_000:
                while (array.Count <= index)
                {
                    array.Add(BsonNull.Value);
                }

                array[index] = value;
                break;
            default:
                throw new CommandFailure(
                    MongoErrors.PathNotViable, $"Cannot create field '{step}' of the path '{Text}' in {holder.BsonType}");
        }
    }

    private static int? Index(string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
