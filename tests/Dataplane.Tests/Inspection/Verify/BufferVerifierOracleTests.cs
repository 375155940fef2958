using CsCheck;

namespace Dataplane.Tests.Inspection.Verify;

/// <summary>Random contents with random modifiers over random buffers, against a search that tries
/// everything.</summary>
public sealed class BufferVerifierOracleTests
{
    private static readonly Gen<Part> Parts = Gen.Select(
        Gen.Char['a', 'b'].Array[1, 2], Gen.Bool, Gen.Int[0, 5], Gen.Int[0, 6], Gen.Int[0, 6],
        (text, negated, kind, first, second) =>
        new Part(new string(text), negated && kind != 5, kind, first, second));

    private static readonly Gen<(Part[] Rule, string Payload)> Cases = Gen.Select(
        Parts.Array[1, 4], Gen.Char['a', 'c'].Array[1, 14], (parts, payload) =>
        (Tidy(parts), new string(payload)));

    [Fact]
    public void Agrees_with_a_search_that_tries_every_place() => Cases.Sample(
        c =>
        {
            string options = string.Concat(c.Rule.Select(p => p.Text));
            Assert.Equal(Exists(c.Rule, 0, c.Payload, 0), RuleBench.Udp(options, c.Payload));
        },
        iter: 600);

    /// <summary>A relative part must not follow a negated one: what it is relative to would be
    /// open.</summary>
    private static Part[] Tidy(Part[] parts)
    {
        for (int i = 0; i < parts.Length; i++)
        {
            bool open = i == 0 || parts[i - 1].Negated;
            parts[i] = open && parts[i].IsRelative ? parts[i] with { Kind = 0 } : parts[i];
        }
        return parts;
    }

    /// <summary>A non-relative part that matched is never looked for again: its first place counts, unless
    /// the next part is relative to it.</summary>
    private static bool Exists(Part[] parts, int index, string payload, int previous)
    {
        if (index == parts.Length)
        {
            return true;
        }
        Part part = parts[index];
        int[] places = [.. part.Places(payload, previous)];
        if (part.Negated)
        {
            return places.Length == 0 && Exists(parts, index + 1, payload, previous);
        }
        bool nextIsRelative = index + 1 < parts.Length && parts[index + 1].IsRelative;
        return (nextIsRelative ? places : places.Take(1))
            .Any(at => Exists(parts, index + 1, payload, at + part.Content.Length));
    }

    /// <summary>Kinds: 0 anywhere, 1 offset, 2 depth, 3 distance, 4 within, 5 distance and within.</summary>
    internal sealed record Part(string Content, bool Negated, int Kind, int First, int Second)
    {
        public bool IsRelative => Kind >= 3;

        private int Depth => Math.Max(Content.Length, Second);

        public string Text => $"content:{(Negated ? "!" : "")}\"{Content}\"; " + Kind switch
        {
            1 => $"offset:{First}; ",
            2 => $"offset:{First}; depth:{Depth}; ",
            3 => $"distance:{First}; ",
            4 => $"within:{Depth}; ",
            5 => $"distance:{First}; within:{Depth}; ",
            _ => "",
        };

        public IEnumerable<int> Places(string payload, int previous)
        {
            int low = Kind switch { 1 or 2 => First, 3 or 5 => previous + First, 4 => previous, _ => 0 };
            int high = Kind switch
            {
                2 => First + Depth,
                4 => previous + Depth,
                5 => previous + First + Depth,
                _ => payload.Length,
            };
            for (int at = low; at + Content.Length <= Math.Min(high, payload.Length); at++)
            {
                if (string.CompareOrdinal(payload, at, Content, 0, Content.Length) == 0)
                {
                    yield return at;
                }
            }
        }
    }
}
