using System.Collections;

namespace Microsoft.ML.Internal.Utilities;

/// <summary>A string of a <see cref="Pool"/>, with its number there.</summary>
internal sealed class NormStr
{
    public readonly ReadOnlyMemory<char> Value;
    public readonly int Id;

    private NormStr(string value, int id)
    {
        Value = value.AsMemory();
        Id = id;
    }

    /// <summary>Different strings, numbered from 0 in the order in which they came.</summary>
    public sealed class Pool : IEnumerable<NormStr>
    {
        private readonly List<NormStr> _strings = [];
        private readonly Dictionary<string, NormStr> _byText;
        private readonly Dictionary<string, NormStr>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

        public Pool()
        {
            _byText = new(StringComparer.Ordinal);
            _bySpan = _byText.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public int Count => _strings.Count;

        /// <summary>The string of the pool, or null if it is not there.</summary>
        public NormStr Get(string str, bool add = false) => Get((str ?? "").AsMemory(), add);

        public NormStr Get(ReadOnlyMemory<char> str, bool add = false, bool duplicateStr = true)
        {
            if (_bySpan.TryGetValue(str.Span, out var found) || !add)
                return found;
            var text = str.ToString();
            var added = new NormStr(text, _strings.Count);
            _strings.Add(added);
            _byText.Add(text, added);
            return added;
        }

        public NormStr Add(string str) => Get(str, true);

        public NormStr Add(ReadOnlyMemory<char> str, bool duplicateStr = true) => Get(str, true, duplicateStr);

        public NormStr GetNormStrById(int id) => _strings[id];

        public IEnumerator<NormStr> GetEnumerator() => _strings.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
