namespace Microsoft.ML;

/// <summary>The arguments, beside the environment, that make an object out of its saved form.</summary>
internal delegate void SignatureLoadModel(ModelLoadContext ctx);
