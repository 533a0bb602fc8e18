namespace Tlb.Packages.Tests;

/// <summary>Tests that use the packages one after the other: they are packed once.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPackages : ICollectionFixture<Packages>
{
    public const string Name = "packages";
}
