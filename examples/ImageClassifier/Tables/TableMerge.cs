namespace Tlb.Examples.ImageClassifier;

/// <summary>Makes one table of several whose rows are in the order of their paths, each in its first cell.</summary>
internal static class TableMerge
{
    /// <summary>Writes the rows of all files in the order of their paths.</summary>
    /// <param name="files">The files.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="table">Takes the rows.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidDataException">A file is no such table.</exception>
    public static void Write(IReadOnlyList<string> files, IReadOnlyList<Column> columns, TableWriter table, CancellationToken cancellation)
    {
        var readers = new List<TableReader>();
        var next = new PriorityQueue<(string File, TableReader Reader, Cell[] Row), string>(StringComparer.Ordinal);
        try
        {
            foreach (var file in files)
            {
                readers.Add(Named(file, () => TableFormat.Of(file).Read(File.OpenRead(file), columns)));
                Enqueue((file, readers[^1], new Cell[columns.Count]));
            }
            while (next.TryDequeue(out var source, out _))
            {
                cancellation.ThrowIfCancellationRequested();
                table.Write(source.Row);
                Enqueue(source);
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        void Enqueue((string File, TableReader Reader, Cell[] Row) source)
        {
            if (Named(source.File, () => source.Reader.Read(source.Row)))
                next.Enqueue(source, source.Row[0].Text.Replace(Path.DirectorySeparatorChar, '/'));
        }
    }

    /// <summary>Has an error name the file that it is about.</summary>
    private static T Named<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{file}' can't be read: {e.Message}", e);
        }
    }
}
