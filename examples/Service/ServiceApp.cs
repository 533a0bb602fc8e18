using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tlb.Examples.Service;

/// <summary>The service: what it is made of, and its addresses.</summary>
internal static class ServiceApp
{
    private const string Requests = "requests";

    /// <summary>Makes the service and loads its model.</summary>
    /// <param name="args">The command line.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="InvalidDataException">The model can't be used.</exception>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var options = builder.Configuration.Get<ServiceOptions>() ?? new();
        options.Validate();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);   // what ends the program, it says itself
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MaximumBytes;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(5));
        });
        builder.Services.AddProblemDetails();
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = TimeSpan.FromSeconds(options.RequestSeconds), TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
        });
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
            limiter.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "1";
                return ValueTask.CompletedTask;
            };
            limiter.AddPolicy(Requests, _ => RateLimitPartition.GetConcurrencyLimiter(Requests, _ => new() { PermitLimit = options.MaximumRequests }));
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<ServiceMetrics>();
        builder.Services.AddSingleton<ModelStore>();
        builder.Services.AddSingleton<ClassifyEndpoint>();
        builder.Services.AddHealthChecks().AddCheck<ModelCheck>("model");

        var app = builder.Build();
        app.Services.GetRequiredService<ModelStore>();                       // a model that can't be loaded ends the service here
        app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRequestTimeouts();
        app.UseRateLimiter();
        app.MapHealthChecks("/health");
        app.MapGet("/model", (ModelStore models) => models.Current.Description);
        app.MapPost("/classify", (HttpRequest request, ClassifyEndpoint endpoint, int? top, bool? attention) => endpoint.Classify(request, top, attention ?? false))
            .RequireRateLimiting(Requests);
        return app;
    }
}
