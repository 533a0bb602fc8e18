using System.Net;
using Tlb.ML.Tests;

namespace Tlb.Service.Tests;

/// <summary>The model file is replaced while the service runs.</summary>
public sealed class ReloadTests(Models models) : IClassFixture<Models>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_model_is_used_and_a_damaged_one_is_not()
    {
        var zip = _folder["model.zip"];
        File.Copy(models["first.zip"], zip);
        await using var service = await RunningService.Start(zip);
        using var measured = new Measurements(service);
        Assert.Equal(models.Scores["first.zip"][0], RunningService.Scores((await service.Post(models.Images[0])).Answer));

        File.Copy(models["second.zip"], _folder["new"]);
        File.Move(_folder["new"], zip, overwrite: true);                     // as a program that writes outputs carefully does
        measured.WaitFor("tlb.service.model.reloads loaded");
        Assert.Equal(models.Scores["second.zip"][0], RunningService.Scores((await service.Post(models.Images[0])).Answer));

        await File.WriteAllBytesAsync(zip, (await File.ReadAllBytesAsync(models["first.zip"]))[..2000]);
        measured.WaitFor("tlb.service.model.reloads failed");
        using (var health = await service.Client.GetAsync(new Uri("health", UriKind.Relative)))
            Assert.Equal((HttpStatusCode.OK, "Degraded"), (health.StatusCode, await health.Content.ReadAsStringAsync()));
        Assert.Equal(models.Scores["second.zip"][0], RunningService.Scores((await service.Post(models.Images[0])).Answer));

        File.Copy(models["first.zip"], _folder["new"]);
        File.Move(_folder["new"], zip, overwrite: true);
        measured.WaitFor("tlb.service.model.reloads loaded", measured.Names.Count(name => name == "tlb.service.model.reloads loaded") + 1);
        Assert.Equal(models.Scores["first.zip"][0], RunningService.Scores((await service.Post(models.Images[0])).Answer));
        Assert.Equal("Healthy", await service.Client.GetStringAsync(new Uri("health", UriKind.Relative)));
    }

    [Fact]
    public async Task No_answer_is_lost_while_models_change()
    {
        var zip = _folder["model.zip"];
        File.Copy(models["first.zip"], zip);
        await using var service = await RunningService.Start(zip);
        using var measured = new Measurements(service);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(async client =>
        {
            var count = 0;
            for (; !stop.IsCancellationRequested; count++)
            {
                var i = (client + count) % models.Images.Count;
                var (status, answer) = await service.Post(models.Images[i]);
                Assert.Equal(HttpStatusCode.OK, status);
                var scores = RunningService.Scores(answer);
                Assert.True(scores.SequenceEqual(models.Scores["first.zip"][i]) || scores.SequenceEqual(models.Scores["second.zip"][i]));
            }
            return count;
        }).ToList();
        for (var change = 1; change <= 6; change++)
        {
            File.Copy(models[change % 2 == 0 ? "first.zip" : "second.zip"], _folder["new"]);
            File.Move(_folder["new"], zip, overwrite: true);
            measured.WaitFor("tlb.service.model.reloads loaded", change);
        }
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), count => Assert.True(count > 0));
    }
}
