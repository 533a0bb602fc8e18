// Classifies images that are posted to it:
//   dotnet run serve.cs -- MODEL.zip [--urls http://localhost:5000]
//   curl --data-binary @image.jpg http://localhost:5000/classify
#:sdk Microsoft.NET.Sdk.Web
#:package Tlb.ML@0.1.0
#:property PublishAot=false

using Microsoft.ML;
using Tlb.ML;

const int MostBytes = 10_000_000, MostPixels = 25_000_000;
var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);                                   // all requests share it
var names = ((IEnumerable<ITransformer>)model).OfType<TlbTransformer>().Single().Model.ClassNames;

var builder = WebApplication.CreateBuilder(args[1..]);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostBytes);
var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapPost("/classify", async (HttpRequest request) =>
{
    var file = Path.GetTempFileName();
    try
    {
        await using (var stream = File.Create(file))
            await request.Body.CopyToAsync(stream);
        if (ImageFile.FindProblem(file, MostPixels) is { } problem)          // its header says how large it is, before it is decoded
            return Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest);
        var rows = ml.Data.LoadFromEnumerable([new ImageFile { ImagePath = file }]);
        var score = ml.Data.CreateEnumerable<Scored>(model.Transform(rows), reuseRowObject: false).Single().Score;
        return Results.Json(score.Zip(names).OrderByDescending(each => each.First).Select(each => new { name = each.Second, probability = each.First }));
    }
    finally
    {
        File.Delete(file);
    }
});
app.Run();

internal sealed class Scored
{
    public float[] Score { get; set; } = [];
}
