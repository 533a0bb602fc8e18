using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class SchemaTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Score_and_PredictedLabel_say_what_they_are()
    {
        var schema = Model().GetOutputSchema(Keyed().Schema);
        Assert.Equal(["Label", "Label", "Image", "Name", "Score", "PredictedLabel"], schema.OrderBy(c => c.Index).Select(c => c.Name));

        var score = schema["Score"];
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), score.Type);
        Assert.Equal(Labels, Texts(score, "SlotNames"));
        Assert.Equal(Labels, Texts(score, "TrainingLabelValues"));
        Assert.Equal(("MulticlassClassification", "Score"), (Text(score, "ScoreColumnKind"), Text(score, "ScoreValueKind")));

        var predicted = schema["PredictedLabel"];
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), predicted.Type);
        Assert.Equal(Labels, Texts(predicted, "KeyValues"));
        Assert.Equal(("MulticlassClassification", "PredictedLabel"), (Text(predicted, "ScoreColumnKind"), Text(predicted, "ScoreValueKind")));
        Assert.Equal((1u, 1u), (SetId(score), SetId(predicted)));
    }

    [Fact]
    public void A_second_model_over_the_first_has_a_set_id_of_its_own()
    {
        var once = Model().Transform(Keyed());
        var twice = Model().Transform(once);
        Assert.Equal(2u, SetId(twice.Schema["Score"]));
    }

    [Fact]
    public void The_estimators_schema_is_the_transformers()
    {
        var pipeline = Pipeline(_ml, Options);
        var rows = _ml.Data.LoadFromEnumerable(Rows(12));
        var promised = pipeline.Fit(rows).GetOutputSchema(rows.Schema);
        Assert.True(promised["PredictedLabel"].Type is TextDataViewType);
        var trainer = _ml.MulticlassClassification.Trainers.Tlb(Options);
        Assert.False(trainer.Info.NeedNormalization);
        Assert.False(trainer.Info.WantCaching);
    }

    [Fact]
    public void Numbers_as_labels_come_back_as_numbers()
    {
        var rows = Rows(12).Select((row, i) => new NumberRow { Label = 10 * (i % 3 + 1), Image = row.Image });
        var view = _ml.Data.LoadFromEnumerable(rows);
        var scored = Pipeline(_ml, Options).Fit(view).Transform(view);
        Assert.Equal(NumberDataViewType.Int32, scored.Schema["PredictedLabel"].Type);
        Assert.Equal([10, 20, 30], scored.GetColumn<int>("PredictedLabel").Take(3));
        Assert.Equal(["10", "20", "30"], Texts(scored.Schema["Score"], "SlotNames"));
    }

    private TlbTransformer Model() => _ml.MulticlassClassification.Trainers.Tlb(Options).Fit(Keyed());

    private IDataView Keyed()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows(12));
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
    }

    private static string[] Texts(DataViewSchema.Column column, string kind)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.Annotations.GetValue(kind, ref values);
        return [.. values.DenseValues().Select(value => value.ToString())];
    }

    private static string Text(DataViewSchema.Column column, string kind)
    {
        ReadOnlyMemory<char> value = default;
        column.Annotations.GetValue(kind, ref value);
        return value.ToString();
    }

    private static uint SetId(DataViewSchema.Column column)
    {
        uint id = 0;
        column.Annotations.GetValue("ScoreColumnSetId", ref id);
        return id;
    }

    private sealed class NumberRow
    {
        public int Label { get; set; }

        [Microsoft.ML.Transforms.Image.ImageType(Size, Size)]
        public MLImage? Image { get; set; }
    }
}
