// Classifies images that are posted to it:
//   dotnet run serve.cs -- MODEL.zip [--urls http://localhost:5000]
//   curl --data-binary @image.jpg http://localhost:5000/classify
#:sdk Microsoft.NET.Sdk.Web
#:package Tlb.ML@0.1.0
#:property PublishAot=false

using Microsoft.ML;
using Tlb.ML;

const int MostBytes = 10_000_000;
var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);                                   // all requests share it
var stages = (IEnumerable<ITransformer>)model;
stages.OfType<ImageDecodingTransformer>().Single().MaximumPixels = 25_000_000;   // a picture of a few kilobytes may have many more
var names = stages.OfType<TlbTransformer>().Single().Model.ClassNames;

var builder = WebApplication.CreateBuilder(args[1..]);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostBytes);
var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapPost("/classify", async (HttpRequest request) =>
{
    using var content = new MemoryStream();
    await request.Body.CopyToAsync(content);
    try
    {
        var rows = ml.Data.LoadFromEnumerable([new Posted { ImagePath = content.ToArray() }]);
        var score = ml.Data.CreateEnumerable<Scored>(model.Transform(rows), reuseRowObject: false).Single().Score;
        return Results.Json(score.Zip(names).OrderByDescending(each => each.First).Select(each => new { name = each.Second, probability = each.First }));
    }
    catch (InvalidDataException e)                                           // no image, damaged, or too large
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});
app.Run();

internal sealed class Posted
{
    public string Label { get; set; } = "";

    public byte[] ImagePath { get; set; } = [];                              // the model takes the bytes of a file in place of its path
}

internal sealed class Scored
{
    public float[] Score { get; set; } = [];
}
