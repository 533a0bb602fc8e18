namespace Tlb.Core;

/// <summary>Options that find out what is wrong with them.</summary>
internal interface ICheckedOptions
{
    /// <summary>Checks all values, and those of the options within.</summary>
    /// <param name="check">Collects what is wrong.</param>
    void Check(OptionsCheck check);
}
