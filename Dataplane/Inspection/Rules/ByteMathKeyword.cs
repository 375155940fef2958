namespace Dataplane.Inspection.Rules;

/// <summary>`byte_math: bytes N, offset N, oper OP, rvalue V, result NAME, ...`, in any order.</summary>
internal static class ByteMathKeyword
{
    public static void Parse(RuleBuilder builder, string keyword, string? value)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        var format = new ByteKeywords.Format();
        foreach (string part in OptionText.List(OptionText.Required(keyword, value)))
        {
            string[] words =
                part.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string name = words.Length > 0 ? words[0] : "";
            bool taken = words switch
            {
                ["endian" or "string", string kind] => format.Take(keyword, name == "string" ? name : kind)
                    && (name != "string" || format.Take(keyword, kind)),
                ["bitmask", _] => SetMask(keyword, format, part),
                ["bytes" or "offset" or "oper" or "rvalue" or "result", string text] =>
                    named.TryAdd(name, text),
                [_] => format.Take(keyword, name),
                _ => false,
            };
            if (!taken)
            {
                throw new RuleSyntaxException(
                    keyword, $"'{GroupText.Cut(part)}' is no option of byte_math here.");
            }
        }
        string Need(string name) => named.TryGetValue(name, out string? text) ? text
            : throw new RuleSyntaxException(keyword, $"byte_math needs {name}.");
        ByteOperator op = Need("oper") switch
        {
            "+" => ByteOperator.Add,
            "-" => ByteOperator.Subtract,
            "*" => ByteOperator.Multiply,
            "/" => ByteOperator.Divide,
            "<<" => ByteOperator.ShiftLeft,
            ">>" => ByteOperator.ShiftRight,
            string other =>
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(other)}' is no operator."),
        };
        ByteSource source =
            format.Source(builder, keyword, ByteKeywords.Count(builder, keyword, Need("bytes")),
            ByteKeywords.Offset(builder, keyword, Need("offset")), 1);
        Operand right = builder.Number(keyword, Need("rvalue"), 0, uint.MaxValue);
        if (op == ByteOperator.Divide && right is { IsVariable: false, Value: 0 })
        {
            throw new RuleSyntaxException(keyword, "byte_math cannot divide by zero.");
        }
        short variable = builder.DefineVariable(keyword, Need("result"));
        builder.AddAfterLast(new ByteMathOption(source, op, right, variable) { Relative = format.Relative });
    }

    private static bool SetMask(string keyword, ByteKeywords.Format format, string part)
    {
        format.Mask = ByteKeywords.Mask(keyword, part);
        return true;
    }
}
