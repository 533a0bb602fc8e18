using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tlb.Examples.Service;

/// <summary>Whether the model that lies there is the one in use.</summary>
internal sealed class ModelCheck(ModelStore models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(models.Problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());
}
