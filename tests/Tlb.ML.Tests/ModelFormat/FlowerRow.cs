namespace Tlb.ML.Tests.ModelFormat;

internal sealed class FlowerRow
{
    public string Label { get; set; } = "";

    public string ImagePath { get; set; } = "";

    public int Number { get; set; }

    public float[] Sizes { get; set; } = [];

    public static IDataView Load(MLContext ml) => ml.Data.LoadFromEnumerable(
    [
        new FlowerRow { Label = "rose", ImagePath = "a.jpg", Number = 3 },
        new FlowerRow { Label = "tulip", ImagePath = "b.png", Number = -1 },
        new FlowerRow { Label = "rose", ImagePath = "c.jpg", Number = 3 },
        new FlowerRow { Label = "Ölweide", ImagePath = "d.jpg", Number = 7 },
    ]);
}
