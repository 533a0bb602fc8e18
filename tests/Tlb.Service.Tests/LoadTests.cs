using System.Net;

namespace Tlb.Service.Tests;

/// <summary>Hundreds of requests at a time.</summary>
public sealed class LoadTests(Models models) : IClassFixture<Models>
{
    private const int Clients = 200;
    private const int Each = 15;

    [Fact]
    public async Task All_get_the_right_answer_and_memory_stays_as_it_is()
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        await AllAtOnce(service);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await AllAtOnce(service);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        // 3,000 requests: no more than 66 bytes are kept of each. An image has some 300; what buffers and pools differ by from one time to the next is a tenth.
        Assert.True(grown < 200_000, $"{grown:N0} bytes");
    }

    private async Task AllAtOnce(RunningService service)
    {
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var i = 0; i < Each; i++)
            {
                var image = (client + i) % models.Images.Count;
                var (status, answer) = await service.Post(models.Images[image], client % 20 == 0 ? "?attention=true" : "");
                Assert.Equal(HttpStatusCode.OK, status);
                Assert.Equal(models.Scores["first.zip"][image], RunningService.Scores(answer));
            }
        }));
    }
}
