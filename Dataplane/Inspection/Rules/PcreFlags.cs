namespace Dataplane.Inspection.Rules;

/// <summary>Perl's flags of `pcre` as far as they change how the expression compiles.</summary>
[Flags]
public enum PcreFlags : byte
{
    None = 0,
    CaseInsensitive = 1,
    DotMatchesNewline = 2,
    Multiline = 4,
    Extended = 8,
    Anchored = 16,
    DollarEndOnly = 32,
    Ungreedy = 64,
}
