using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    /// <summary>Named values that describe a column, such as the names of its slots or the values of its keys.</summary>
    public sealed class Annotations
    {
        private readonly Delegate[] _getters;

        internal Annotations(DataViewSchema schema, Delegate[] getters)
        {
            for (var i = 0; i < schema.Count; i++)
            {
                if (getters[i] is null)
                    throw new ArgumentNullException("getter", $"Delegate at index '{i}' of {nameof(getters)} was null.");
                Utils.MarshalActionInvoke(CheckGetter<int>, schema[i].Type.RawType, getters[i]);
            }
            Schema = schema;
            _getters = getters;
        }

        public static Annotations Empty { get; } = new(new DataViewSchema([]), []);

        public DataViewSchema Schema { get; }

        public ValueGetter<TValue> GetGetter<TValue>(Column column)
        {
            if (column.Index >= _getters.Length)
                throw new ArgumentException(nameof(column));
            return _getters[column.Index] as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Invalid call to '{nameof(GetGetter)}'");
        }

        public void GetValue<TValue>(string kind, ref TValue value)
        {
            var column = Schema.GetColumnOrNull(kind) ?? throw new InvalidOperationException($"Invalid call to '{nameof(GetValue)}'");
            GetGetter<TValue>(column)(ref value);
        }

        public override string ToString() => string.Join(", ", Schema.Select(c => c.Name));

        internal Delegate GetGetterInternal(int index) => _getters[index];

        private static void CheckGetter<TValue>(Delegate getter)
        {
            if (getter is not ValueGetter<TValue>)
            {
                throw new ArgumentNullException(nameof(getter),
                    $"Getter of type '{typeof(TValue)}' expected, but {getter.GetType()} found");
            }
        }

        /// <summary>Collects annotations.</summary>
        public sealed class Builder
        {
            private readonly List<(DetachedColumn Column, Delegate Getter)> _items = [];

            public void Add(Annotations annotations, Func<string, bool> selector)
            {
                if (annotations is null)
                    return;
                ArgumentNullException.ThrowIfNull(selector);
                foreach (var column in annotations.Schema)
                {
                    if (selector(column.Name))
                        _items.Add((new DetachedColumn(column), annotations.GetGetterInternal(column.Index)));
                }
            }

            public void Add<TValue>(string name, DataViewType type, ValueGetter<TValue> getter, Annotations annotations = null)
            {
                CheckArguments(name, type);
                ArgumentNullException.ThrowIfNull(getter);
                CheckRawType<TValue>(type);
                _items.Add((new DetachedColumn(name, type, annotations), getter));
            }

            public void Add(string name, DataViewType type, Delegate getter, Annotations annotations = null)
            {
                CheckArguments(name, type);
                ArgumentNullException.ThrowIfNull(getter);
                Utils.MarshalActionInvoke(AddDelegate<int>, type.RawType, name, type, getter, annotations);
            }

            public void AddPrimitiveValue<TValue>(string name, PrimitiveDataViewType type, TValue value, Annotations annotations = null)
            {
                CheckArguments(name, type);
                CheckRawType<TValue>(type);
                Add(name, type, (ref TValue dst) => dst = value, annotations);
            }

            public Annotations ToAnnotations()
            {
                var schema = new DataViewSchema.Builder();
                schema.AddColumns(_items.Select(i => i.Column));
                return new Annotations(schema.ToSchema(), [.. _items.Select(i => i.Getter)]);
            }

            private static void CheckArguments(string name, DataViewType type)
            {
                CheckName(name);
                ArgumentNullException.ThrowIfNull(type);
            }

            private static void CheckRawType<TValue>(DataViewType type)
            {
                if (type.RawType != typeof(TValue))
                {
                    throw new ArgumentException(
                        $"{nameof(type)}.{nameof(type.RawType)} must be of type '{typeof(TValue).FullName}'.", nameof(type));
                }
            }

            private void AddDelegate<TValue>(string name, DataViewType type, Delegate getter, Annotations annotations)
            {
                if (getter is not ValueGetter<TValue>)
                {
                    throw new ArgumentException(
                        $"{nameof(getter)} must be of type '{typeof(ValueGetter<TValue>).FullName}'", nameof(getter));
                }
                _items.Add((new DetachedColumn(name, type, annotations), getter));
            }
        }
    }
}
