using System.Buffers;

namespace Dataplane.Inspection.Rules;

/// <summary>What can only be judged when the whole rule is known.</summary>
internal static class RuleChecks
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create("\t\n\v\f\r "u8);

    public static void Finish(RuleBuilder builder)
    {
        Rule rule = builder.Rule;
        if (!builder.HasSid)
        {
            throw new RuleSyntaxException("sid", "A rule needs a sid.");
        }
        if (builder.Waiting is { } waiting)
        {
            throw new RuleSyntaxException(waiting.Name, $"Nothing looks at the buffer {waiting.Name}.");
        }
        foreach (BufferSection section in rule.Sections)
        {
            LinkSection(section);
            CheckSides(rule, section.Buffer);
            CheckTransforms(section);
        }
        if (rule.StoresFlow && rule.Sections.Exists(s => s.Buffer.Source == BufferSource.Application))
        {
            // Storing all files of a flow asks nothing of the file at hand.
            rule.ApplicationTests.RemoveAll(t => t is ApplicationNumberTest { Field: "file" });
        }
        CheckSizes(rule);
        CheckScope(rule);
    }

    private static void LinkSection(BufferSection section)
    {
        for (int i = 0; i + 1 < section.Options.Count; i++)
        {
            section.Options[i].RelativeNext = section.Options[i + 1].Relative;
        }
    }

    private static void CheckSides(Rule rule, RuleBuffer buffer)
    {
        bool impossible =
            (rule.Flow.HasFlag(FlowConditions.ToServer) && (buffer.Sides & RuleBuffer.ToServer) == 0)
            || (rule.Flow.HasFlag(FlowConditions.ToClient) && (buffer.Sides & RuleBuffer.ToClient) == 0);
        if (impossible)
        {
            throw new RuleSyntaxException(
                buffer.Name, $"{buffer.Name} does not exist in the direction that flow names.");
        }
    }

    /// <summary>A content that no output of the section's transforms can hold is an error of the
    /// rule.</summary>
    private static void CheckTransforms(BufferSection section)
    {
        foreach (ContentOption content in section.Options.OfType<ContentOption>())
        {
            ReadOnlySpan<byte> bytes = content.Pattern.Span;
            foreach (TransformKind transform in section.Transforms.Select(t => t.Kind))
            {
                bool fits = transform switch
                {
                    TransformKind.ToLowercase => content.NoCase
                        || !bytes.ContainsAnyInRange((byte)'A', (byte)'Z'),
                    TransformKind.ToUppercase => content.NoCase
                        || !bytes.ContainsAnyInRange((byte)'a', (byte)'z'),
                    TransformKind.StripWhitespace => !bytes.ContainsAny(Blanks),
                    TransformKind.CompressWhitespace => bytes.IndexOf("  "u8) < 0,
                    _ => true,
                };
                if (!fits)
                {
                    throw new RuleSyntaxException(
                        "content", $"The content can never be found behind {transform}.");
                }
            }
        }
    }

    /// <summary>A rule whose dsize is too small for its contents can never match.</summary>
    private static void CheckSizes(Rule rule)
    {
        if (rule.Tests.Find(t => t is FieldTest { Field: PacketField.PayloadSize }) is not FieldTest size)
        {
            return;
        }
        ulong most = size.Test.Comparison switch
        {
            NumberComparison.Equal or NumberComparison.LessOrEqual => size.Test.First,
            NumberComparison.Less => size.Test.First - 1,
            NumberComparison.Between => size.Test.Second - 1,
            _ => ulong.MaxValue,
        };
        BufferSection? payload = rule.Sections.Find(s => s.Buffer == RuleBuffer.Payload);
        foreach (
            ContentOption content in (payload?.Options ?? []).OfType<ContentOption>().Where(c => !c.Negated))
        {
            ulong needed = (ulong)content.Pattern.Length
                + (ulong)Math.Max(0, content.Offset is { IsVariable: false } o ? o.Value : 0);
            if (needed > most)
            {
                throw new RuleSyntaxException("dsize", "The rule's content does not fit into its dsize.");
            }
        }
    }

    private static void CheckScope(Rule rule)
    {
        bool onlyStream = rule.Protocol.Scope == PayloadScope.StreamOnly
            || rule.Flow.HasFlag(FlowConditions.OnlyStream);
        if (rule.Application is not null && rule.Sections.Any(s => s.Buffer.Source is not
            (BufferSource.Application or BufferSource.Payload or BufferSource.SourceAddress
                or BufferSource.DestinationAddress)))
        {
            throw new RuleSyntaxException(
                "buffer", "Header buffers cannot be combined with an application's.");
        }
        if (onlyStream && rule.Protocol.Scope == PayloadScope.PacketOnly)
        {
            throw new RuleSyntaxException("flow", "A tcp-pkt rule cannot be limited to streams.");
        }
    }
}
