global using Tlb.Core;
