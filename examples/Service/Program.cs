using Tlb.Examples.Service;

try
{
    await using var service = ServiceApp.Create(args);
    await service.RunAsync();
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or ArgumentException)
{
    Console.Error.WriteLine($"error: {e.Message}");                          // a wrong setting, a model that can't be read, a port in use
    return 1;
}
