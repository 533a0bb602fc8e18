using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Tlb.Examples.Service;

namespace Tlb.Service.Tests;

/// <summary>What the meters of one service say, as OpenTelemetry reads them: its own, and ASP.NET's of requests at a time.</summary>
internal sealed class Measurements : IDisposable
{
    /// <summary>A request has begun: it is one of those that are bounded.</summary>
    public const string Begun = "aspnetcore.rate_limiting.active_request_leases requests";

    private readonly MeterListener _listener = new();
    private readonly List<(string Name, string? Outcome, double Value)> _all = [];   // also the lock

    public Measurements(RunningService service)
    {
        var factory = service.App.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is ServiceMetrics.MeterName or "Microsoft.AspNetCore.RateLimiting" && instrument.Meter.Scope == factory)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, tags, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, tags, value));
        _listener.Start();
    }

    /// <summary>What was measured, as "name outcome".</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_all)
                return [.. _all.Select(each => $"{each.Name} {each.Outcome}".TrimEnd())];
        }
    }

    /// <summary>The values of an instrument.</summary>
    public IReadOnlyList<double> Values(string name)
    {
        lock (_all)
            return [.. _all.Where(each => each.Name == name).Select(each => each.Value)];
    }

    /// <summary>Waits until something was measured so often.</summary>
    public void WaitFor(string name, int count = 1)
    {
        lock (_all)
            while (_all.Count(each => $"{each.Name} {each.Outcome}" == name) < count)
                Assert.True(Monitor.Wait(_all, TimeSpan.FromMinutes(1)), $"'{name}' was not measured {count} times.");
    }

    public void Dispose() => _listener.Dispose();

    private void Add(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        var outcome = tags.IsEmpty ? null : (string?)tags[0].Value;
        lock (_all)
        {
            _all.Add((name, outcome, value));
            Monitor.PulseAll(_all);
        }
    }
}
