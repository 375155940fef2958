using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>A test on an application's transaction, with what it asks the parser for as a number.</summary>
public sealed class CompiledTest(ApplicationTest test)
{
    public ApplicationTest Test { get; } = test;

    /// <summary>The field's or event's number in <see cref="ApplicationFields"/>.</summary>
    public int Number { get; } = ApplicationFields.NumberOf(test);
}
