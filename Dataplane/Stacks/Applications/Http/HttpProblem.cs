namespace Dataplane.Stacks.Applications;

/// <summary>Irregular things that both directions have, each under a name of its own.</summary>
internal enum HttpProblem : byte
{
    None,
    TooLong,
    NoColon,
    BadHeader,
    Folding,
    RepeatedLength,
    Repetition,
    ChunkSize,
}
