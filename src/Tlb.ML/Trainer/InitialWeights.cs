using System.Text.Json;

namespace Tlb.ML;

/// <summary>Reads the weights that a training starts from.</summary>
internal static class InitialWeights
{
    private const int MostNames = 10;

    /// <summary>Reads a saved model or a safetensors file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network that is to be trained; null for that of the saved model.</param>
    /// <param name="numberOfClasses">How many classes it is to tell apart.</param>
    /// <param name="classes">The classes; null where they have no names.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds another network or one of other classes; the message says what differs.</exception>
    public static NetworkWeights Load(string path, TlbConfig? network, int numberOfClasses, ClassLabels? classes)
    {
        if (!IsZip(path))
            return network is not null
                ? NetworkWeights.Load(path, network with { NumberOfClasses = numberOfClasses })
                : throw new InvalidDataException($"'{path}' is no saved model and does not say of which network its weights are: set {nameof(TlbTrainer.Options.Network)} to it.");
        var model = Open(path);
        network = (network ?? model.Network) with { NumberOfClasses = numberOfClasses };
        CheckNetwork(path, model.Network, network);
        CheckClasses(path, model, network, classes);
        var weights = new NetworkWeights(network);                           // its dropout may be another
        model.Weights.Values.CopyTo(weights.Values, 0);
        return weights;
    }

    private static bool IsZip(string path)
    {
        using var file = File.OpenRead(path);
        return file.ReadByte() == 'P' && file.ReadByte() == 'K';
    }

    private static TlbModelParameters Open(string path)
    {
        ITransformer model;
        try
        {
            model = new MLContext().Model.Load(path, out _);
        }
        catch (Exception e) when (e is not OutOfMemoryException)             // ML.NET throws what comes
        {
            throw new InvalidDataException($"'{path}' can't be opened as a model: {e.GetBaseException().Message}", e);
        }
        using (model as IDisposable)
            return Find(model)?.Model ?? throw new InvalidDataException($"The model '{path}' holds no Tlb network; expected one that this trainer made.");
    }

    private static TlbTransformer? Find(ITransformer model) => model switch
    {
        TlbTransformer tlb => tlb,
        IEnumerable<ITransformer> chain => chain.Select(Find).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static void CheckNetwork(string path, TlbConfig found, TlbConfig expected)
    {
        var (there, here) = (Members(found), Members(expected));
        var differences = here.Where(member => there[member.Key] != member.Value).Select(member => $"{member.Key} is {there[member.Key]} there and {member.Value} here").ToList();
        if (differences.Count > 0)
            throw new InvalidDataException($"The network in '{path}' is another than that to train: {string.Join(", ", differences)}. Give the options of that network, or none of these weights.");
    }

    /// <summary>What of a network decides which weights it has, and what they mean. The classes are compared by name.</summary>
    private static Dictionary<string, string> Members(TlbConfig network)
    {
        var same = network with { NumberOfClasses = 2, AttentionDropout = 0, FeedForwardDropout = 0 };
        using var json = JsonSerializer.SerializeToDocument(same, TlbConfigJson.Default.TlbConfig);
        return json.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());
    }

    private static void CheckClasses(string path, TlbModelParameters model, TlbConfig network, ClassLabels? classes)
    {
        var isSame = model.Labels is { } found && classes is not null ? found.Names.SequenceEqual(classes.Names) : model.Network.NumberOfClasses == network.NumberOfClasses;
        if (!isSame)
            throw new InvalidDataException(
                $"The model '{path}' tells {Text(model.Network.NumberOfClasses, model.Labels)} apart; the images to train on are of {Text(network.NumberOfClasses, classes)}. " +
                "Expected the same classes in the same order.");

        static string Text(int count, ClassLabels? labels) =>
            labels is null ? $"{count} classes" : $"{count} classes ({string.Join(", ", labels.Names.Take(MostNames))}{(count > MostNames ? ", ..." : "")})";
    }
}
