using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Internal.Utilities;

internal static class Utils
{
    public static int Size<T>(T[] x) => x?.Length ?? 0;

    /// <summary>The first place in an ascending list that is not below <paramref name="value"/>.</summary>
    public static int FindIndexSorted(ReadOnlySpan<int> input, int value)
    {
        var at = input.BinarySearch(value);
        return at < 0 ? ~at : at;
    }

    public static int EnsureSize<T>(ref T[] array, int min, bool keepOld = true) =>
        EnsureSize(ref array, min, Array.MaxLength, keepOld, out _);

    /// <summary>Grows by doubling, within <paramref name="max"/>.</summary>
    public static int EnsureSize<T>(ref T[] array, int min, int max, bool keepOld, out bool resized)
    {
        if (min > max)
            throw new ArgumentOutOfRangeException(nameof(max), "min must not exceed max");
        var size = Size(array);
        resized = size < min;
        if (!resized)
            return size;
        var grown = (int)Math.Max(min, Math.Min(max, size == 0 ? 4L : 2L * size));
        if (keepOld && size > 0)
            Array.Resize(ref array, grown);
        else
            array = new T[grown];
        return grown;
    }

    public static void Shuffle<T>(Random rand, Span<T> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var other = i + rand.Next(values.Length - i);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    public static int[] GetRandomPermutation(Random rand, int size)
    {
        var places = Enumerable.Range(0, size).ToArray();
        Shuffle<int>(rand, places);
        return places;
    }

    /// <summary>Which columns are asked for, by index.</summary>
    public static bool[] BuildArray(int length, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        Contracts.CheckParam(length >= 0, nameof(length));
        var active = new bool[length];
        foreach (var column in columnsNeeded)
        {
            if (column.Index < length)
                active[column.Index] = true;
        }
        return active;
    }

    /// <summary>The indices for which <paramref name="pred"/> holds, and for each index its place among them or -1.</summary>
    public static void BuildSubsetMaps(int lim, Func<int, bool> pred, out int[] map, out int[] invMap)
    {
        map = [.. Enumerable.Range(0, lim).Where(pred)];
        invMap = new int[lim];
        Array.Fill(invMap, -1);
        for (var i = 0; i < map.Length; i++)
            invMap[map[i]] = i;
    }

    /// <summary>Runs on a thread of its own, so that blocking does not starve the thread pool.</summary>
    public static Task RunOnBackgroundThreadAsync(Action start) =>
        Task.Factory.StartNew(start, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // Generic methods whose type argument is known only at run time. Exceptions arrive wrapped by reflection.

    public static TRet MarshalInvoke<T1, TRet>(Func<T1, TRet> func, Type genArg, T1 arg1) => (TRet)Invoke(func, genArg, arg1);

    public static TRet MarshalInvoke<T1, T2, TRet>(Func<T1, T2, TRet> func, Type genArg, T1 arg1, T2 arg2) =>
        (TRet)Invoke(func, genArg, arg1, arg2);

    public static TRet MarshalInvoke<T1, T2, T3, TRet>(Func<T1, T2, T3, TRet> func, Type genArg, T1 arg1, T2 arg2, T3 arg3) =>
        (TRet)Invoke(func, genArg, arg1, arg2, arg3);

    public static TRet MarshalInvoke<T1, T2, T3, T4, TRet>(Func<T1, T2, T3, T4, TRet> func, Type genArg,
        T1 arg1, T2 arg2, T3 arg3, T4 arg4) => (TRet)Invoke(func, genArg, arg1, arg2, arg3, arg4);

    public static void MarshalActionInvoke<T1>(Action<T1> act, Type genArg, T1 arg1) => Invoke(act, genArg, arg1);

    public static void MarshalActionInvoke<T1, T2, T3>(Action<T1, T2, T3> act, Type genArg, T1 arg1, T2 arg2, T3 arg3) =>
        Invoke(act, genArg, arg1, arg2, arg3);

    public static void MarshalActionInvoke<T1, T2, T3, T4>(Action<T1, T2, T3, T4> act, Type genArg, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Invoke(act, genArg, arg1, arg2, arg3, arg4);

    private static object Invoke(Delegate generic, Type genArg, params object[] arguments) =>
        generic.GetMethodInfo().GetGenericMethodDefinition().MakeGenericMethod(genArg).Invoke(generic.Target, arguments);
}
