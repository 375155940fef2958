namespace Dataplane.Chains;

/// <summary>Marks an option whose value is the id of a rule set:
/// the planner checks that the document has it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamesRuleSetAttribute : Attribute;
