using System.Reflection;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The ends of what a number can be, for every option: each is refused by its name before any work, or trained with.</summary>
public sealed class ExtremeOptionsTests
{
    private static readonly Type[] AlwaysFinite = [typeof(float), typeof(double)];

    [Fact]
    public void What_is_no_finite_number_is_refused_by_name()
    {
        var members = Members(typeof(TlbTrainer.Options), []).Where(path => AlwaysFinite.Contains(Underlying(path[^1]))).ToList();
        Assert.Equal(34, members.Count);                                     // new options raise it
        foreach (var path in members)
            foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
                Assert.Contains(Options(path, value).Validate(), problem => problem.StartsWith($"Options.{Name(path)} is {FormattableString.Invariant($"{value}")}; expected ", StringComparison.Ordinal));
    }

    public static IEnumerable<object[]> Ends() => Members(typeof(TlbTrainer.Options), []).SelectMany(path => EndsOf(path[^1]).Select(value => new[] { Name(path), value }));

    [Theory]
    [MemberData(nameof(Ends))]
    public void The_largest_and_the_smallest_numbers_are_refused_or_trained_with(string name, object value)
    {
        var options = Options(Members(typeof(TlbTrainer.Options), []).Single(path => Name(path) == name), value);
        if (options.Validate() is { Count: > 0 } problems)
        {
            Assert.All(problems, problem => Assert.StartsWith("Options.", problem, StringComparison.Ordinal));
            return;
        }
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(Rows(12));
        using var end = new CancellationTokenSource();                       // of runs that have more epochs than there is time
        (options.CancellationToken, options.CancellationBehavior) = (end.Token, CancellationBehavior.ReturnBest);
        options.MetricsCallback = progress => { if (progress.Epoch == 2) end.Cancel(); };
        try
        {
            var model = ml.MulticlassClassification.Trainers.Tlb(options).Fit(ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows)).Model;
            Assert.All(model.Weights.Values, weight => Assert.True(float.IsFinite(weight)));
        }
        catch (Exception e) when (e is TrainingDivergedException or InvalidDataException || (name == "WorkMemory" && e is InvalidOperationException))
        {
            // Said so.
        }
    }

    private static TlbTrainer.Options Options(PropertyInfo[] path, object value)
    {
        var options = TestImages.Options;
        options.Epoch = 2;
        options.Network = options.Network! with { };                          // not the shared preset
        object owner = options;
        foreach (var member in path[..^1])
        {
            if (member.GetValue(owner) is null)
                member.SetValue(owner, Activator.CreateInstance(member.PropertyType));
            owner = member.GetValue(owner)!;
        }
        var type = Underlying(path[^1]);
        if (options.EarlyStopping is { } stopping)
            stopping.Metric = EarlyStoppingMetric.TrainingLoss;              // there is nothing to validate on
        path[^1].SetValue(owner, type == value.GetType() ? value : Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture));
        return options;
    }

    private static IEnumerable<object> EndsOf(PropertyInfo member) => Underlying(member) switch
    {
        var type when type == typeof(int) => [int.MaxValue, int.MinValue, 0, 1],
        var type when type == typeof(long) => [long.MaxValue, long.MinValue, 0L, 1L],
        var type when type == typeof(float) => [float.MaxValue, float.MinValue, float.Epsilon, 0f, 1f],
        var type when type == typeof(double) => [double.MaxValue, double.MinValue, double.Epsilon, 0d, 1d],
        var type when type == typeof(TimeSpan) => [TimeSpan.MaxValue, TimeSpan.MinValue, TimeSpan.FromTicks(1)],
        _ => [],
    };

    private static IEnumerable<PropertyInfo[]> Members(Type type, PropertyInfo[] owners)
    {
        foreach (var member in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => member.SetMethod is { IsPublic: true }))
        {
            if (member.PropertyType.IsClass && member.PropertyType.Assembly == typeof(TrainingOptions).Assembly)
                foreach (var path in Members(member.PropertyType, [.. owners, member]))
                    yield return path;
            else if (Underlying(member).IsPrimitive || member.PropertyType == typeof(TimeSpan?))
                yield return [.. owners, member];
        }
    }

    private static Type Underlying(PropertyInfo member) => Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;

    private static string Name(PropertyInfo[] path) => string.Join('.', path.Select(member => member.Name));
}
