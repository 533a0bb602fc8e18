namespace Microsoft.ML.Runtime;

/// <summary>Adds to an exception where it was thrown.</summary>
public interface IExceptionContext
{
    TException Process<TException>(TException ex)
        where TException : Exception;

    string ContextDescription { get; }
}
