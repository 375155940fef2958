namespace Dataplane.Inspection.Rules;

/// <summary>Ends the parsing of one rule; the reader turns it into a <see cref="RejectedRule"/>.</summary>
public sealed class RuleSyntaxException : Exception
{
    public RuleSyntaxException()
        : this("rule", "The rule is not well formed.")
    {
    }

    public RuleSyntaxException(string message)
        : this("rule", message)
    {
    }

    public RuleSyntaxException(string message, Exception inner)
        : base(message, inner) => Keyword = "rule";

    public RuleSyntaxException(string keyword, string reason)
        : base(reason) => Keyword = keyword;

    public string Keyword { get; }
}
