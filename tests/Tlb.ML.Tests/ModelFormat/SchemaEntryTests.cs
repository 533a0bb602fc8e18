using System.Text;
using Microsoft.ML.Transforms.Image;

namespace Tlb.ML.Tests.ModelFormat;

/// <summary>The schema of the input: a data view without rows in the binary format.</summary>
public class SchemaEntryTests
{
    private readonly MLContext _ml = new(1);

    public static TheoryData<PrimitiveDataViewType> Types =>
    [
        NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16, NumberDataViewType.UInt16,
        NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double, TextDataViewType.Instance, BooleanDataViewType.Instance,
        TimeSpanDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance, RowIdDataViewType.Instance,
        new KeyDataViewType(typeof(byte), 255), new KeyDataViewType(typeof(ushort), 9),
        new KeyDataViewType(typeof(uint), uint.MaxValue), new KeyDataViewType(typeof(ulong), ulong.MaxValue),
    ];

    [Fact]
    public void Columns_stand_byte_by_byte_as_expected()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Label", TextDataViewType.Instance);
        schema.AddColumn("Key", new KeyDataViewType(typeof(uint), 3));
        schema.AddColumn("Vec", new VectorDataViewType(NumberDataViewType.Single, 2, 0));
        var entry = Save(schema.ToSchema());

        using var expected = new MemoryStream();
        using var writer = new BinaryWriter(expected);
        expected.Position = 0x100;
        Column("Label", Codec("TextSpan"));
        Column("Key", Codec("Key2", Codec("UInt32"), BitConverter.GetBytes(3UL)));
        Column("Vec", Codec("VBuffer", Codec("Single"), BitConverter.GetBytes(2), BitConverter.GetBytes(2), BitConverter.GetBytes(0)));
        var tail = expected.Position;
        writer.Write("\0BVD\0LMC"u8);
        expected.Position = 0;
        writer.Write("CML\0DVB\0"u8);
        writer.Write(0x0001000100010006); // version, written
        writer.Write(0x0001000100010006); // and readable from
        writer.Write(0x100L);             // the table of columns
        writer.Write(tail);
        writer.Write(0L);                 // rows
        writer.Write(3);                  // columns
        Assert.Equal(expected.ToArray(), entry);

        void Column(string name, byte[] codec)
        {
            writer.Write(name);
            writer.Write(codec);
            writer.Write((byte)1); // packed
            writer.Write((byte)1); // rows to a block
            writer.Write(0x100L);  // the table of blocks, which is empty
            writer.Write(0L);      // no annotations
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Types_come_back(PrimitiveDataViewType type)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("scalar", type);
        schema.AddColumn("variable", new VectorDataViewType(type));
        schema.AddColumn("sized", new VectorDataViewType(type, 300));
        schema.AddColumn("matrix", new VectorDataViewType(type, 3, 0, 2));

        var loaded = SaveAndLoad(schema.ToSchema());

        Assert.Equal(schema.ToSchema().Select(c => (c.Name, c.Type)), loaded.Select(c => (c.Name, c.Type)));
    }

    [Fact]
    public void Hidden_columns_stay()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("x", TextDataViewType.Instance);
        schema.AddColumn("x", NumberDataViewType.Single);

        var loaded = SaveAndLoad(schema.ToSchema());

        Assert.Equal([true, false], loaded.Select(c => c.IsHidden));
    }

    [Fact]
    public void Images_are_left_out()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Image", new ImageDataViewType(20, 30));
        schema.AddColumn("Label", TextDataViewType.Instance);

        Assert.Equal(["Label"], SaveAndLoad(schema.ToSchema()).Select(c => c.Name));
    }

    [Fact]
    public void A_schema_of_nothing_but_images_cannot_be_saved()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Image", new ImageDataViewType());

        Assert.Throws<InvalidOperationException>(() => Save(schema.ToSchema()));
    }

    [Fact]
    public void Annotations_come_back()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("text", TextDataViewType.Instance, "Ölweide".AsMemory());
        annotations.AddPrimitiveValue("flag", BooleanDataViewType.Instance, true);
        annotations.AddPrimitiveValue("number", NumberDataViewType.Double, 1.5);
        annotations.AddPrimitiveValue("key", new KeyDataViewType(typeof(uint), 4), 3u);
        annotations.AddPrimitiveValue("date", DateTimeDataViewType.Instance, new DateTime(2020, 1, 2, 3, 4, 5));
        annotations.AddPrimitiveValue("local", DateTimeOffsetDataViewType.Instance,
            new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-90)));
        annotations.AddPrimitiveValue("id", RowIdDataViewType.Instance, new DataViewRowId(1, 2));
        AddVector(annotations, "names", TextDataViewType.Instance, Enumerable.Range(0, 300).Select(i => $"class {i}".AsMemory()));
        AddVector(annotations, "flags", BooleanDataViewType.Instance, Enumerable.Range(0, 11).Select(i => i % 3 == 0));
        AddVector(annotations, "none", NumberDataViewType.Int32, Array.Empty<int>());
        annotations.Add("sparse", new VectorDataViewType(NumberDataViewType.Single, 10),
            (ref VBuffer<float> v) => v = new VBuffer<float>(10, 2, [5, 6], [3, 8]));

        var loaded = SaveAndLoad(WithAnnotations(annotations.ToAnnotations()))["x"].Annotations;

        Assert.Equal(annotations.ToAnnotations().Schema.Select(a => (a.Name, a.Type)), loaded.Schema.Select(a => (a.Name, a.Type)));
        Assert.Equal("Ölweide", Value<ReadOnlyMemory<char>>(loaded, "text").ToString());
        Assert.True(Value<bool>(loaded, "flag"));
        Assert.Equal(1.5, Value<double>(loaded, "number"));
        Assert.Equal(3u, Value<uint>(loaded, "key"));
        Assert.Equal(new DateTime(2020, 1, 2, 3, 4, 5), Value<DateTime>(loaded, "date"));
        Assert.Equal(TimeSpan.FromMinutes(-90), Value<DateTimeOffset>(loaded, "local").Offset);
        Assert.Equal(new DataViewRowId(1, 2), Value<DataViewRowId>(loaded, "id"));
        Assert.Equal("class 299", Value<VBuffer<ReadOnlyMemory<char>>>(loaded, "names").GetValues()[299].ToString());
        Assert.Equal([0, 3, 6, 9], Value<VBuffer<bool>>(loaded, "flags").Items().Where(i => i.Value).Select(i => i.Key));
        Assert.Equal(0, Value<VBuffer<int>>(loaded, "none").Length);
        Assert.Equal([new(3, 5f), new(8, 6f)], Value<VBuffer<float>>(loaded, "sparse").Items());
    }

    [Fact]
    public void Small_annotations_are_not_packed()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("n", NumberDataViewType.Int32, 0x01020304);
        var entry = Save(WithAnnotations(annotations.ToAnnotations()));

        // The value behind the header; then a table of one: the kind, the codec, not packed, where and how long.
        Assert.Equal("04030201" + "01" + "016e" + "05496e743332" + "00" + "00" + "0001000000000000" + "04",
            Convert.ToHexStringLower(entry[0x100..0x118]));
    }

    [Fact]
    public void Key_values_are_packed()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 400).Select(i => new FlowerRow { Label = $"class number {i}" }));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        var entry = Save(keyed.Schema);

        Assert.DoesNotContain("class number 399", Encoding.Latin1.GetString(entry), StringComparison.Ordinal);
        VBuffer<ReadOnlyMemory<char>> values = default;
        SaveAndLoad(keyed.Schema)["Label"].GetKeyValues(ref values);
        Assert.Equal("class number 399", values.GetValues()[399].ToString());
    }

    private byte[] Save(DataViewSchema schema) => new SavedModel(_ml, new TransformerChain<ITransformer>(), schema)["Schema"];

    private DataViewSchema SaveAndLoad(DataViewSchema schema)
    {
        SavedModel.Load(_ml, new SavedModel(_ml, new TransformerChain<ITransformer>(), schema).File, out var loaded);
        return loaded;
    }

    private static DataViewSchema WithAnnotations(DataViewSchema.Annotations annotations)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("x", NumberDataViewType.Int32, annotations);
        return schema.ToSchema();
    }

    private static void AddVector<T>(DataViewSchema.Annotations.Builder annotations, string name, PrimitiveDataViewType item,
        IEnumerable<T> values)
    {
        T[] array = [.. values];
        annotations.Add(name, new VectorDataViewType(item, array.Length), (ref VBuffer<T> v) => v = new VBuffer<T>(array.Length, array));
    }

    private static T Value<T>(DataViewSchema.Annotations annotations, string name)
    {
        T value = default!;
        annotations.GetValue(name, ref value);
        return value;
    }

    /// <summary>Name, size of the parameters, parameters.</summary>
    private static byte[] Codec(string name, params byte[][] parameters)
    {
        var bytes = parameters.SelectMany(p => p).ToArray();
        return [(byte)name.Length, .. Encoding.UTF8.GetBytes(name), (byte)bytes.Length, .. bytes];
    }
}
