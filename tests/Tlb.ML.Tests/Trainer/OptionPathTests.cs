using System.Reflection;

namespace Tlb.ML.Tests;

/// <summary>Whatever is wrong is reported under the path by which a user finds it.</summary>
public sealed class OptionPathTests
{
    /// <summary>The types of members that have no value that is wrong whatever the others are.</summary>
    private static readonly Type[] AlwaysValid = [typeof(ComputeDevice), typeof(RgbColor), typeof(IDataView), typeof(CancellationToken), typeof(Action<TrainingProgress>), typeof(Action<BadImage>)];

    [Fact]
    public void Every_member_of_the_options_is_checked_under_its_full_path()
    {
        var paths = Paths(typeof(TlbTrainer.Options), []).ToList();
        Assert.Equal(84, paths.Count);                                       // new options raise it
        foreach (var path in paths)
        {
            var options = new TlbTrainer.Options { Augmentation = new() }; // its shift excludes other crops
            var owner = path[..^1].Aggregate((object)options, Open);
            path[^1].SetValue(owner, Invalid(path[^1]));
            var problem = Assert.Single(options.Validate());
            Assert.Matches($@"^Options\.{string.Join(@"\.", path.Select(member => member.Name))} is .*; expected .*\.$", problem);
        }
    }

    [Fact]
    public void Options_within_that_are_null_are_reported() => Assert.Equal(
        [
            "Options.LearningRateSchedule is null; expected an object.",
            "Options.Augmentation is null; expected an object.",
        ],
        new TlbTrainer.Options { LearningRateSchedule = null!, Augmentation = null! }.Validate());

    [Fact]
    public void Paths_begin_with_the_class_that_is_checked()
    {
        Assert.Equal(["TrainingOptions.EarlyStopping.Patience is 0; expected 1 or more."], new TrainingOptions { EarlyStopping = new() { Patience = 0 } }.Validate());
        Assert.Equal(["EarlyStopping.Patience is 0; expected 1 or more."], new EarlyStopping { Patience = 0 }.Validate());
        Assert.Equal(["TlbConfig.R is 0; expected 1 to 1024."], new TlbConfig { R = 0 }.Validate());
    }

    /// <summary>The members that can be set to something wrong, within options too.</summary>
    private static IEnumerable<PropertyInfo[]> Paths(Type type, PropertyInfo[] owners)
    {
        foreach (var member in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => member.SetMethod is { IsPublic: true } && !AlwaysValid.Contains(member.PropertyType)))
        {
            if (Invalid(member) is not false)
                yield return [.. owners, member];
            if (IsOptions(member))
                foreach (var path in Paths(member.PropertyType, [.. owners, member]))
                    yield return path;
        }
    }

    /// <summary>The options that a member holds; made where it is null.</summary>
    private static object Open(object owner, PropertyInfo member)
    {
        if (member.GetValue(owner) is null)
            member.SetValue(owner, Activator.CreateInstance(member.PropertyType));
        var value = member.GetValue(owner)!;
        if (member.PropertyType == typeof(TlbConfig))
            member.SetValue(owner, value = ((TlbConfig)value) with { });       // not the shared preset
        return value;
    }

    /// <summary>A value that no member of the type may have; false where there is none.</summary>
    private static object? Invalid(PropertyInfo member)
    {
        var isNullable = new NullabilityInfoContext().Create(member).WriteState == NullabilityState.Nullable;
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        return type switch
        {
            _ when IsOptions(member) => isNullable ? false : null,
            { IsEnum: true } => Enum.ToObject(type, 99),
            _ when type == typeof(bool) => member.Name == nameof(TrainingOptions.Resume),
            _ when type == typeof(int) => -1,
            _ when type == typeof(long) => -1L,
            _ when type == typeof(float) => float.NaN,
            _ when type == typeof(double) => double.NaN,
            _ when type == typeof(string) => " ",
            _ when type == typeof(TimeSpan) => TimeSpan.Zero,
            _ when type == typeof(IReadOnlyList<float>) => new[] { 1, float.NaN },
            _ => throw new NotSupportedException($"{member.Name} is a {type.Name}: say what is wrong for it, or that nothing is."),
        };
    }

    private static bool IsOptions(PropertyInfo member) => member.PropertyType.IsClass && typeof(TrainingOptions).Assembly == member.PropertyType.Assembly;
}
