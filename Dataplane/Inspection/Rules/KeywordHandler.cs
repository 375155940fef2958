namespace Dataplane.Inspection.Rules;

/// <summary>Reads one keyword with its value (null without a colon) into the rule under
/// construction.</summary>
internal delegate void KeywordHandler(RuleBuilder builder, string keyword, string? value);
