namespace Dataplane.Inspection.Rules;

/// <summary>byte_test, byte_jump, byte_extract and byte_math.</summary>
internal static class ByteKeywords
{
    private const int TextDigitsMax = 23;
    private const long ValueMax = uint.MaxValue;

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["byte_test"] = Test;
        table["byte_jump"] = Jump;
        table["byte_extract"] = Extract;
        table["byte_math"] = ByteMathKeyword.Parse;
    }

    /// <summary>The options that follow the numbers, shared by all four keywords.</summary>
    internal sealed class Format
    {
        public bool Relative { get; private set; }

        public bool Little { get; private set; }

        public bool EndianGiven { get; private set; }

        public bool Text { get; private set; }

        public bool DceRpc { get; private set; }

        public int Radix { get; private set; } = 10;

        public bool RadixGiven { get; private set; }

        public uint Mask { get; set; }

        public bool Take(string keyword, string word)
        {
            switch (word)
            {
                case "relative":
                    Relative = true;
                    return true;
                case "big" or "little" when EndianGiven:
                    throw new RuleSyntaxException(keyword, "The byte order is given twice.");
                case "big" or "little":
                    EndianGiven = true;
                    Little = word == "little";
                    return true;
                case "string":
                    Text = true;
                    return true;
                case "dce":
                    DceRpc = true;
                    return true;
                case "hex" or "oct" or "dec":
                    RadixGiven = true;
                    Radix = word switch { "hex" => 16, "oct" => 8, _ => 10 };
                    return true;
                default:
                    return false;
            }
        }

        public ByteSource Source(
            RuleBuilder builder, string keyword, Operand count, Operand offset, int zeroFrom)
        {
            if (RadixGiven && !Text)
            {
                throw new RuleSyntaxException(keyword, "hex, dec and oct need string before them.");
            }
            if (DceRpc)
            {
                if (Text || EndianGiven)
                {
                    throw new RuleSyntaxException(
                        keyword, "dce cannot be combined with string or a byte order.");
                }

                // The order of the sender, which is little-endian wherever DCE/RPC is spoken today.
                Little = true;
            }
            int most = Text ? TextDigitsMax : 8;
            if (!count.IsVariable && (count.Value < zeroFrom || count.Value > most))
            {
                throw new RuleSyntaxException(keyword, $"{keyword} reads {zeroFrom} to {most} bytes here.");
            }
            return new ByteSource(count, offset, Little, Text ? Radix : 0, Mask);
        }
    }

    internal static Operand Count(RuleBuilder builder, string keyword, string text) =>
        builder.Number(keyword, text, 0, TextDigitsMax);

    internal static Operand Offset(RuleBuilder builder, string keyword, string text) =>
        builder.Number(keyword, text, -65_535, 65_535);

    internal static uint Mask(string keyword, string text)
    {
        string rest = text["bitmask".Length..].Trim();
        string digits = rest.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? rest : "0x" + rest;
        return (uint)OptionText.Integer(keyword, digits, 1, uint.MaxValue);
    }

    private static void Test(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        if (parts.Length < 4)
        {
            throw new RuleSyntaxException(keyword, "byte_test needs count, operator, value and offset.");
        }
        string op = parts[1];
        bool negated = OptionText.TakeNegation(ref op);
        ByteOperator comparison = op switch
        {
            "<" => ByteOperator.Less,
            "<=" => ByteOperator.LessOrEqual,
            ">" => ByteOperator.Greater,
            ">=" => ByteOperator.GreaterOrEqual,
            "=" => ByteOperator.Equal,
            "" when negated => ByteOperator.Equal,
            "&" => ByteOperator.And,
            "^" => ByteOperator.Or,
            _ => throw new RuleSyntaxException(
            keyword, $"'{GroupText.Cut(op)}' is no operator of byte_test."),
        };
        var format = new Format();
        foreach (string word in parts.AsSpan(4))
        {
            if (word.StartsWith("bitmask", StringComparison.Ordinal))
            {
                format.Mask = Mask(keyword, word);
            }
            else if (!format.Take(keyword, word))
            {
                throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(word)}' is no option of byte_test.");
            }
        }
        ByteSource source = format.Source(
            builder, keyword, Count(builder, keyword, parts[0]), Offset(builder, keyword, parts[3]),
            format.Text ? 0 : 1);
        Operand right = builder.Number(keyword, parts[2], 0, ValueMax);
        builder.AddAfterLast(
            new ByteTestOption(source, comparison, negated, right) { Relative = format.Relative });
    }

    private static void Jump(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        if (parts.Length < 2)
        {
            throw new RuleSyntaxException(keyword, "byte_jump needs count and offset.");
        }
        var format = new Format();
        uint multiplier = 1;
        bool align = false;
        JumpOrigin origin = JumpOrigin.AfterNumber;
        Operand postOffset = Operand.Of(0);
        foreach (string word in parts.AsSpan(2))
        {
            string[] words = word.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["align"]:
                    align = true;
                    break;
                case ["from_beginning"]:
                    origin = JumpOrigin.BufferStart;
                    break;
                case ["from_end"]:
                    origin = JumpOrigin.BufferEnd;
                    break;
                case ["multiplier", string factor]:
                    multiplier = (uint)OptionText.Integer(keyword, factor, 1, 65_535);
                    break;
                case ["post_offset", string offset]:
                    postOffset = builder.Number(keyword, offset, -65_535, 65_535);
                    break;
                default:
                    TakeFormat(keyword, format, word);
                    break;
            }
        }
        ByteSource source = format.Source(
            builder, keyword, Count(builder, keyword, parts[0]), Offset(builder, keyword, parts[1]), 0);
        builder.AddAfterLast(
            new ByteJumpOption(source, multiplier, align, origin, postOffset) { Relative = format.Relative });
    }

    private static void TakeFormat(string keyword, Format format, string word)
    {
        if (!format.Take(keyword, word))
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(word)}' is no option of {keyword}.");
        }
    }

    private static void Extract(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        if (parts.Length < 3)
        {
            throw new RuleSyntaxException(keyword, "byte_extract needs count, offset and a name.");
        }
        var format = new Format();
        uint multiplier = 1;
        uint align = 0;
        foreach (string word in parts.AsSpan(3))
        {
            string[] words = word.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["multiplier", string factor])
            {
                multiplier = (uint)OptionText.Integer(keyword, factor, 1, 65_535);
            }
            else if (words is ["align", "2" or "4"])
            {
                align = (uint)(words[1][0] - '0');
            }
            else
            {
                TakeFormat(keyword, format, word);
            }
        }
        ByteSource source = format.Source(
            builder, keyword, Count(builder, keyword, parts[0]), Offset(builder, keyword, parts[1]), 1);
        short variable = builder.DefineVariable(keyword, parts[2]);
        builder.AddAfterLast(
            new ByteExtractOption(source, multiplier, align, variable) { Relative = format.Relative });
    }
}
