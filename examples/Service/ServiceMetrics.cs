using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tlb.Examples.Service;

/// <summary>What the service counts and times, under the name <c>Tlb.Service</c>; requests themselves are ASP.NET's <c>http.server.request.duration</c>.</summary>
internal sealed class ServiceMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Tlb.Service";

    private readonly Counter<long> _images;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _reloads;

    public ServiceMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _images = meter.CreateCounter<long>("tlb.service.images", "{image}", "Images that were posted, by outcome: classified or refused.");
        _duration = meter.CreateHistogram<double>("tlb.service.classification.duration", "s", "The time to decode and score an image, without its upload and its wait for a worker.");
        _reloads = meter.CreateCounter<long>("tlb.service.model.reloads", "{reload}", "Changes of the model file, by outcome: loaded or failed.");
    }

    public void Classified() => _images.Add(1, new KeyValuePair<string, object?>("outcome", "classified"));

    public void Refused() => _images.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));

    public void Reloaded(bool isOk) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", isOk ? "loaded" : "failed"));

    /// <summary>Takes the time until what it returns is disposed.</summary>
    public IDisposable Time() => new Timer(_duration);

    private sealed class Timer(Histogram<double> duration) : IDisposable
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public void Dispose() => duration.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds);
    }
}
