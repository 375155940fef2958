using System.Globalization;

namespace Dataplane.Events;

/// <summary>Parses predicates over an event's fields, in the syntax of display filters.</summary>
/// <remarks>
/// <c>not</c> binds tightest, then <c>and</c>, then <c>or</c>; also <c>! &amp;&amp; ||</c>. Tests:
/// <c>field = != &lt; &lt;= &gt; &gt;= value</c>, <c>field in {1, 5..9}</c>, <c>field &amp; 0x02</c>, and a
/// field alone, which is true when it is not 0. Values are numbers or the words of the field's enum.
/// </remarks>
internal sealed class EventPredicateParser
{
    private const int NestingMax = 64;
    private const int LengthMax = 1_024;

    /// <summary>Short names of the catalogue, accepted beside the fields' own.</summary>
    private static readonly Dictionary<string, string[]> ShortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["len"] = ["length"],
        ["bytes"] = ["length", "payloadLength"],
        ["off"] = ["offset", "fragmentOffset"],
        ["plen"] = ["payloadLength"],
        ["poff"] = ["payloadOffset"],
        ["seq"] = ["sequence"],
        ["ack"] = ["acknowledgment"],
        ["win"] = ["window"],
        ["optBits"] = ["optionBits"],
        ["sport"] = ["sourcePort"],
        ["dport"] = ["destinationPort"],
        ["proto"] = ["protocol"],
        ["tos"] = ["typeOfService"],
        ["side"] = ["sender"],
        ["sev"] = ["severity"],
    };

    private static readonly string[] Sides = ["client", "server", "none"];

    private readonly List<(string Text, int Column)> _tokens;
    private readonly Dictionary<string, Field> _fields;
    private readonly string _path;
    private int _next;
    private int _depth;

    private EventPredicateParser(string text, ushort type)
    {
        _path = EventTree.Types[type].Path;
        _fields = FieldsOf(type);
        _tokens = PredicateTokens.Split(text);
    }

    private string Token => _next < _tokens.Count ? _tokens[_next].Text : "";

    private int Column => _next < _tokens.Count ? _tokens[_next].Column
        : _tokens.Count == 0 ? 1 : _tokens[^1].Column + _tokens[^1].Text.Length;

    public static bool TryParse(
        string text, ushort type, out EventPredicate? predicate, out string? fault)
    {
        (predicate, fault) = (null, null);
        if (text.Length > LengthMax)
        {
            fault = $"A predicate has at most {LengthMax} characters; this has {text.Length}.";
            return false;
        }

        try
        {
            var parser = new EventPredicateParser(text, type);
            EventPredicate parsed = parser.Alternatives();
            if (parser.Token.Length > 0)
            {
                throw parser.Wrong($"'{parser.Token}' does not belong here");
            }

            predicate = parsed;
            return true;
        }
        catch (FormatException error)
        {
            fault = error.Message;
            return false;
        }
    }

    private static Dictionary<string, Field> FieldsOf(ushort type)
    {
        var fields = new Dictionary<string, Field>(StringComparer.OrdinalIgnoreCase);
        foreach (EventFieldEntry entry in EventFields.Of(type))
        {
            fields.TryAdd(entry.Name, Field.Of(entry));
        }

        // Of the header; a body's own field of that name comes first.
        fields.TryAdd("sender", new Field("sender", new EventFieldPlace(0, 3, true, false), 2, Sides));
        fields.TryAdd("half", new Field("half", new EventFieldPlace(2, 3, true, false), 2, Sides));
        fields.TryAdd("replay", new Field("replay", new EventFieldPlace(6, 1, true, false), 1, []));
        return fields;
    }

    private EventPredicate Alternatives()
    {
        if (++_depth > NestingMax)
        {
            throw Wrong("the predicate is nested too deeply");
        }

        EventPredicate left = Conjunction();
        while (Token is "or" or "||")
        {
            Take();
            left = new EventPredicate.Or(left, Conjunction());
        }

        _depth--;
        return left;
    }

    private EventPredicate Conjunction()
    {
        EventPredicate left = Term();
        while (Token is "and" or "&&")
        {
            Take();
            left = new EventPredicate.And(left, Term());
        }

        return left;
    }

    private EventPredicate Term()
    {
        if (Token is "not" or "!")
        {
            Take();
            if (++_depth > NestingMax)
            {
                throw Wrong("the predicate is nested too deeply");
            }

            EventPredicate inner = Term();
            _depth--;
            return new EventPredicate.Not(inner);
        }

        if (Token == "(")
        {
            Take();
            EventPredicate inner = Alternatives();
            Expect(")", "a closing parenthesis is missing");
            return inner;
        }

        return Test();
    }

    private EventPredicate Test()
    {
        Field field = TakeField();
        string sign = Token;
        switch (sign)
        {
            case "in":
                Take();
                return new EventPredicate.InRanges(field.Place, Set(field));
            case "&":
                Take();
                return new EventPredicate.HasBits(field.Place, TakeMask(field));
            case "=" or "==" or "eq" or "!=" or "ne"
                or "<" or "lt" or "<=" or "le" or ">" or "gt" or ">=" or "ge":
                Take();
                return Comparison(field, sign);
            default:
                var zero = new EventPredicate.InRanges(field.Place, [(field.ZeroValue, field.ZeroValue)]);
                return new EventPredicate.Not(zero);
        }
    }

    private EventPredicate Comparison(Field field, string sign)
    {
        ulong value = TakeValue(field);
        (ulong, ulong)? range = sign switch
        {
            "<" or "lt" => value == 0 ? null : (0, value - 1),
            "<=" or "le" => (0, value),
            ">" or "gt" => value == ulong.MaxValue ? null : (value + 1, ulong.MaxValue),
            ">=" or "ge" => (value, ulong.MaxValue),
            _ => (value, value),
        };
        var test = new EventPredicate.InRanges(field.Place, range is null ? [] : [range.Value]);
        return sign is "!=" or "ne" ? new EventPredicate.Not(test) : test;
    }

    private (ulong, ulong)[] Set(Field field)
    {
        Expect("{", "a list in braces must follow in");
        var ranges = new List<(ulong, ulong)>();
        while (Token != "}")
        {
            if (Token.Length == 0)
            {
                throw Wrong("a closing brace is missing");
            }

            ulong from = TakeValue(field);
            ulong to = from;
            if (Token == "..")
            {
                Take();
                to = TakeValue(field);
            }

            ranges.Add(from <= to ? (from, to) : (to, from));
            if (Token == ",")
            {
                Take();
            }
        }

        Take();
        return [.. ranges];
    }

    private Field TakeField()
    {
        string name = Token;
        if (!PredicateTokens.IsWord(name))
        {
            throw Wrong(name.Length == 0 ? "a test is missing" : $"'{name}' does not belong here");
        }

        if (!_fields.TryGetValue(name, out Field field))
        {
            string? known = ShortNames.GetValueOrDefault(name)?.FirstOrDefault(_fields.ContainsKey);
            field = known is not null ? _fields[known]
                : throw Wrong($"{_path} has no field {name}; it has {string.Join(", ", _fields.Keys)}");
        }

        Take();
        return field;
    }

    private ulong TakeMask(Field field)
    {
        if (!TryNumber(Token, out ulong mask))
        {
            throw Wrong($"a mask of bits of {field.Name} must follow &");
        }

        Take();
        return mask;
    }

    private ulong TakeValue(Field field)
    {
        string text = Token;
        if (text.Length == 0)
        {
            throw Wrong($"a value for {field.Name} is missing");
        }

        int word = Array.FindIndex(field.Words, w => w.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (word >= 0)
        {
            Take();
            return (ulong)word;
        }

        bool isNegative = text[0] == '-';
        string digits = isNegative ? text[1..] : text;
        if (!TryNumber(digits, out ulong value) || (isNegative && !field.Place.IsSigned)
            || value > field.Largest)
        {
            throw Wrong(field.Words.Length > 0
                ? $"{field.Name} cannot be '{text}'; it is one of "
                    + $"{string.Join(", ", field.Words.Where(w => w.Length > 0))}"
                : $"{field.Name} is a number {(field.Place.IsSigned ? "up" : "from 0")} to {field.Largest}; "
                    + $"'{text}' is not");
        }

        Take();
        return !field.Place.IsSigned ? value
            : EventFieldPlace.Ordered(isNegative ? -(long)value : (long)value);
    }

    private static bool TryNumber(string text, out ulong value)
    {
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = isHex ? NumberStyles.HexNumber : NumberStyles.None;
        return ulong.TryParse(
            isHex ? text.AsSpan(2) : text, style, CultureInfo.InvariantCulture, out value);
    }

    private string Take() => _next < _tokens.Count ? _tokens[_next++].Text : "";

    private void Expect(string token, string fault)
    {
        if (Token != token)
        {
            throw Wrong(fault);
        }

        Take();
    }

    private FormatException Wrong(string what) => new($"Column {Column}: {what}.");

    /// <summary>A field that can be named: where it is, its largest value, and its words by value.</summary>
    private readonly record struct Field(string Name, EventFieldPlace Place, ulong Largest, string[] Words)
    {
        public ulong ZeroValue => Place.IsSigned ? EventFieldPlace.Ordered(0) : 0;

        public static Field Of(EventFieldEntry entry)
        {
            (int width, ulong largest, bool isSigned) = Type.GetTypeCode(entry.Type) switch
            {
                TypeCode.Byte => (1, byte.MaxValue, false),
                TypeCode.UInt16 => (2, ushort.MaxValue, false),
                TypeCode.UInt32 => (4, uint.MaxValue, false),
                TypeCode.Int32 => (4, (ulong)int.MaxValue, true),
                TypeCode.Int64 => (8, (ulong)long.MaxValue, true),
                _ => (8, ulong.MaxValue, false),
            };
            return new Field(
                entry.Name, new EventFieldPlace(entry.Offset, width, false, isSigned), largest,
                WordsOf(entry.Words));
        }

        private static string[] WordsOf(Type? words)
        {
            if (words is null)
            {
                return [];
            }

            var values = Enum.GetValues(words).Cast<object>()
                .ToDictionary(v => Convert.ToInt32(v, CultureInfo.InvariantCulture), v => v.ToString()!);
            return [.. Enumerable.Range(0, values.Keys.Max() + 1)
                .Select(v => values.GetValueOrDefault(v, ""))];
        }
    }
}
