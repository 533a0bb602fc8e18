namespace Tlb.Examples.Service;

/// <summary><c>POST /classify</c>: the bytes of an image go in, its most probable classes come out.</summary>
/// <param name="models">The model in use.</param>
/// <param name="metrics">Counts and times.</param>
/// <param name="options">The settings.</param>
internal sealed class ClassifyEndpoint(ModelStore models, ServiceMetrics metrics, ServiceOptions options) : IDisposable
{
    private const int DefaultTop = 5;

    private readonly SemaphoreSlim _workers = new(options.Workers);

    public void Dispose() => _workers.Dispose();

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request: the image is its body, as it is.</param>
    /// <param name="top">The most classes of the answer, the most probable first; null for five.</param>
    /// <param name="attention">Whether to answer with a picture of what the network attended to as well.</param>
    public async Task<IResult> Classify(HttpRequest request, int? top, bool attention)
    {
        if (top < 1)
            return Refuse(StatusCodes.Status400BadRequest, $"top is {top}; expected 1 or more.");
        if (request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true)
            return Refuse(StatusCodes.Status415UnsupportedMediaType, "The request holds a form; expected the bytes of an image as they are (curl --data-binary @image.jpg).");
        byte[] image;
        try
        {
            image = await Read(request);
        }
        catch (BadHttpRequestException e)
        {
            return Refuse(e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? FormattableString.Invariant($"The image has more than {options.MaximumBytes:N0} bytes.") : e.Message);
        }
        if (image.Length == 0)
            return Refuse(StatusCodes.Status400BadRequest, "The request is empty; expected the bytes of an image.");

        // The upload was free to take its time; what takes processors and memory waits for its turn.
        await _workers.WaitAsync(request.HttpContext.RequestAborted);
        try
        {
            using var time = metrics.Time();
            var classification = models.Current.Classify(image, top ?? DefaultTop, attention);
            metrics.Classified();
            return Results.Json(classification);
        }
        catch (InvalidDataException e)
        {
            return Refuse(StatusCodes.Status400BadRequest, $"The image can't be read: {(e.InnerException ?? e).Message}");
        }
        finally
        {
            _workers.Release();
        }
    }

    private static async Task<byte[]> Read(HttpRequest request)
    {
        // No more than what has come is ever held, whatever a header promises.
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, request.HttpContext.RequestAborted);
        return bytes.ToArray();
    }

    private IResult Refuse(int status, string detail)
    {
        metrics.Refused();
        return Results.Problem(detail, statusCode: status);
    }
}
