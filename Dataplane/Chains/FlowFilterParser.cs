using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dataplane.Chains;

/// <summary>Parses the part of pcap-filter(7) that is constant for a flow.</summary>
/// <remarks>
/// As there: <c>and</c> and <c>or</c> have equal precedence and group to the left, <c>not</c> binds tightest,
/// and an id without qualifiers takes those of the test before it (<c>port 80 or 443</c>).
/// </remarks>
internal sealed class FlowFilterParser
{
    private const int NestingMax = 64;
    private static readonly Dictionary<string, (byte Version, int Protocol)> Protocols = new()
    {
        ["ip"] = (4, FlowFilter.Protocol.Any),
        ["ip6"] = (6, FlowFilter.Protocol.Any),
        ["tcp"] = (0, 6),
        ["udp"] = (0, 17),
        ["sctp"] = (0, 132),
        ["icmp"] = (4, 1),
        ["icmp6"] = (6, 58),
        ["igmp"] = (4, 2),
        ["ah"] = (0, 51),
        ["esp"] = (0, 50),
        ["pim"] = (0, 103),
        ["vrrp"] = (4, 112),
    };

    private static readonly string[] PacketWords =
        ["len", "less", "greater", "ether", "arp", "rarp", "broadcast", "multicast", "inbound", "outbound",
        "mpls"];

    private readonly List<(string Text, int Column)> _tokens;
    private int _next;
    private int _depth;
    private Qualifiers _last = new(0, FlowFilter.Protocol.Any, FlowEnds.Either, "host");
    private bool _hasLast;

    private FlowFilterParser(string text) => _tokens = Split(text);

    private int Column =>
        _next < _tokens.Count ? _tokens[_next].Column : _tokens[^1].Column + _tokens[^1].Text.Length;

    private string Token => _next < _tokens.Count ? _tokens[_next].Text : "";

    public static bool TryParse(string text, out FlowFilter filter, out string? fault)
    {
        fault = null;
        filter = FlowFilter.Everything;
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        try
        {
            var parser = new FlowFilterParser(text);
            FlowFilter parsed = parser.Expression();
            if (parser.Token.Length > 0)
            {
                throw parser.Wrong($"'{parser.Token}' does not belong here");
            }

            filter = parsed;
            return true;
        }
        catch (FormatException error)
        {
            fault = error.Message;
            return false;
        }
    }

    private FlowFilter Expression()
    {
        if (++_depth > NestingMax)
        {
            throw Wrong("the filter is nested too deeply");
        }

        FlowFilter left = Term();
        while (Token is "and" or "&&" or "or" or "||")
        {
            bool isAnd = Take() is "and" or "&&";
            FlowFilter right = Term();
            left = isAnd ? new FlowFilter.And(left, right) : new FlowFilter.Or(left, right);
        }

        _depth--;
        return left;
    }

    private FlowFilter Term()
    {
        if (Token is "not" or "!")
        {
            Take();
            if (++_depth > NestingMax)
            {
                throw Wrong("the filter is nested too deeply");
            }

            FlowFilter inner = Term();
            _depth--;
            return new FlowFilter.Not(inner);
        }

        if (Token == "(")
        {
            Take();
            FlowFilter inner = Expression();
            if (Take() != ")")
            {
                _next--;
                throw Wrong("a closing parenthesis is missing");
            }

            return inner;
        }

        return Test();
    }

    private FlowFilter Test()
    {
        if (Token == "vlan")
        {
            Take();
            bool hasId = int.TryParse(Token, NumberStyles.None, CultureInfo.InvariantCulture, out int id);
            return new FlowFilter.VlanTag(
                hasId ? int.Parse(Take(), CultureInfo.InvariantCulture) : FlowFilter.VlanTag.Any);
        }

        int start = _next;
        (byte version, int protocol) = (0, FlowFilter.Protocol.Any);
        bool hasProtocol = Protocols.TryGetValue(Token, out (byte Version, int Protocol) named);
        if (hasProtocol)
        {
            (version, protocol) = named;
            Take();
        }

        FlowEnds? ends = ReadEnds();
        string kind = Token is "host" or "net" or "port" or "portrange" or "proto" ? Take() : "";
        if (kind == "proto")
        {
            return new FlowFilter.Protocol(version, ProtocolNumber());
        }

        if (kind.Length == 0 && ends is null && (hasProtocol || IsEnd()))
        {
            return hasProtocol ? new FlowFilter.Protocol(version, protocol)
                : throw Wrong("a test is missing");
        }

        bool isBare = _next == start;
        if (isBare && !_hasLast && !LooksLikeAddress(Token))
        {
            throw Refuse();
        }

        _last = isBare && _hasLast
            ? _last
            : new Qualifiers(version, protocol, ends ?? FlowEnds.Either,
            kind.Length == 0 ? DefaultKind() : kind);
        _hasLast = true;
        return WithQualifiers(_last);
    }

    private FlowFilter WithQualifiers(Qualifiers by)
    {
        FlowFilter test = by.Kind switch
        {
            "port" => Port(by.Ends, Take()),
            "portrange" => PortRange(by.Ends, Take()),
            "net" => Network(by.Ends, Take()),
            _ => Host(by.Ends, Take()),
        };
        return by.Version == 0 && by.Protocol == FlowFilter.Protocol.Any
            ? test
            : new FlowFilter.And(new FlowFilter.Protocol(by.Version, by.Protocol), test);
    }

    private FlowEnds? ReadEnds()
    {
        if (Token is not ("src" or "dst"))
        {
            return null;
        }

        string first = Take();
        if (Token is "or" or "and" && _next + 1 < _tokens.Count && _tokens[_next + 1].Text is "src" or "dst"
            && _tokens[_next + 1].Text != first)
        {
            FlowEnds joined = Take() == "or" ? FlowEnds.Either : FlowEnds.Both;
            Take();
            return joined;
        }

        return first == "src" ? FlowEnds.Source : FlowEnds.Destination;
    }

    private string DefaultKind() => Token.Contains('/', StringComparison.Ordinal) ? "net" : "host";

    private FlowFilter.Ports Port(FlowEnds ends, string text) =>
        new(ends, PortNumber(text), PortNumber(text));

    private FlowFilter.Ports PortRange(FlowEnds ends, string text)
    {
        string[] parts = text.Split('-');
        ushort from = PortNumber(parts[0]);
        ushort to = parts.Length == 2 ? PortNumber(parts[1]) : from;
        return from <= to ? new(ends, from, to) : new(ends, to, from);
    }

    private ushort PortNumber(string text)
    {
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return port;
        }

        _next--;
        throw Wrong(text.Length == 0 ? "a port number is missing" : $"'{text}' is no port number");
    }

    private int ProtocolNumber()
    {
        string text = Take();
        if (Protocols.TryGetValue(text, out (byte Version, int Protocol) named) && named.Protocol >= 0)
        {
            return named.Protocol;
        }

        if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
        {
            return number;
        }

        _next--;
        throw Wrong($"'{text}' is no protocol number");
    }

    private FlowFilter.Addresses Host(FlowEnds ends, string text)
    {
        if (!LooksLikeAddress(text) || !IPAddress.TryParse(text, out IPAddress? address))
        {
            _next--;
            throw text.Length == 0 ? Wrong("an address is missing") : Refuse();
        }

        return Masked(ends, address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    private FlowFilter.Addresses Network(FlowEnds ends, string text)
    {
        string[] parts = text.Split('/');
        string full = parts[0];
        int given = full.Split('.').Length;
        if (!full.Contains(':', StringComparison.Ordinal) && given < 4)
        {
            full += string.Concat(Enumerable.Repeat(".0", 4 - given));
        }

        if (!LooksLikeAddress(full) || !IPAddress.TryParse(full, out IPAddress? address))
        {
            _next--;
            throw Wrong($"'{text}' is no network");
        }

        bool isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        int bits = isV4 ? given * 8 : 128;
        if (parts.Length == 2
            && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out bits)
            || bits > (isV4 ? 32 : 128)))
        {
            _next--;
            throw Wrong($"'{text}' has no such prefix length");
        }

        return Masked(ends, address, bits);
    }

    private FlowFilter.Addresses Masked(FlowEnds ends, IPAddress address, int bits)
    {
        bool isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        byte[] bytes = address.MapToIPv6().GetAddressBytes();
        UInt128 value = 0;
        foreach (byte part in bytes)
        {
            value = (value << 8) | part;
        }

        int prefix = isV4 ? bits + 96 : bits;
        UInt128 mask = prefix == 0 ? 0 : UInt128.MaxValue << (128 - prefix);
        if ((value & mask) != value)
        {
            _next--;
            throw Wrong($"{address}/{bits} has bits behind its prefix");
        }

        return new FlowFilter.Addresses(ends, (byte)(isV4 ? 4 : 6), value, mask);
    }

    private static bool LooksLikeAddress(string text) =>
        text.Contains('.', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal);

    private bool IsEnd() => Token is "" or ")" or "and" or "&&" or "or" or "||";

    private string Take() => _next < _tokens.Count ? _tokens[_next++].Text : TakeNothing();

    private string TakeNothing()
    {
        _next++;
        return "";
    }

    private FormatException Refuse()
    {
        string word = Token.Split('[')[0];
        return PacketWords.Contains(word) || Token.Contains('[', StringComparison.Ordinal)
            ? Wrong($"'{Token}' is not constant for a flow; test it with 'where'")
            : Wrong($"'{Token}' is not understood: host, net, port, portrange, proto, vlan and protocols "
            + $"are");
    }

    private FormatException Wrong(string what) => new($"Column {Column + 1}: {what}.");

    private static List<(string Text, int Column)> Split(string text)
    {
        var tokens = new List<(string, int)>();
        for (int at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            int start = at;
            if (text[at] is '(' or ')' or '!')
            {
                at++;
            }
            else if (text.AsSpan(at) is ['&', '&', ..] or ['|', '|', ..])
            {
                at += 2;
            }
            else
            {
                while (at < text.Length && !char.IsWhiteSpace(text[at])
                    && !"()!&|".Contains(text[at], StringComparison.Ordinal))
                {
                    at++;
                }

                at += at == start ? 1 : 0;
            }

            tokens.Add((text[start..at].ToLowerInvariant(), start));
        }

        return tokens;
    }

    private readonly record struct Qualifiers(byte Version, int Protocol, FlowEnds Ends, string Kind);
}
