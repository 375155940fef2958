namespace Dataplane.Inspection.Compile;

/// <summary>A rule's sections by where their bytes come from.</summary>
internal readonly record struct CompiledSections(
    CompiledSection? Payload, CompiledSection[] Headers, CompiledSection[] Application);
