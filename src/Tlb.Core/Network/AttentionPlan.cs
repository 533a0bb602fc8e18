namespace Tlb.Core;

/// <summary>An attention of one stream to another or itself: which weights it has, and what it normalises by which.</summary>
/// <param name="Name">What the names of its weights begin with, such as <c>pm.0.fast</c>.</param>
/// <param name="Queries">The stream that attends, and is changed.</param>
/// <param name="Context">The stream that is attended to.</param>
/// <param name="QueryNorm">The normalisation before the query's projection, such as <c>pm.0.fast.q_ln</c>.</param>
/// <param name="KeyNorm">The one before the key's.</param>
/// <param name="ValueNorm">The one before the value's.</param>
internal sealed record AttentionPlan(string Name, TokenStream Queries, TokenStream Context, string QueryNorm, string KeyNorm, string ValueNorm);
