namespace Dataplane.Inspection.Rules;

/// <summary>A test on an application's transaction that is not about the bytes of a buffer.</summary>
public abstract record ApplicationTest
{
    /// <summary>What the rule says, for messages.</summary>
    public abstract string Name { get; }
}

/// <summary>`app-layer-event`: the parser found something wrong.</summary>
/// <remarks>The name has its protocol before it: `http.missing_host_header`.</remarks>
public sealed record ApplicationEventTest(string Event) : ApplicationTest
{
    public override string Name => $"app-layer-event:{Event}";
}

/// <summary>Compares a number of the transaction (dns.opcode, tls.cert_chain_len, filesize).</summary>
public sealed record ApplicationNumberTest(string Field, NumberTest Test) : ApplicationTest
{
    public override string Name => Field;
}

/// <summary>A number that must lie in one of some ranges, ends included (dcerpc.opnum).</summary>
public sealed record ApplicationRangesTest(string Field, IReadOnlyList<(ulong From, ulong To)> Ranges)
    : ApplicationTest
{
    public override string Name => Field;
}

/// <summary>Bits of a number that must be set, and others that must not (mqtt.flags).</summary>
public sealed record ApplicationBitsTest(string Field, ulong Set, ulong NotSet) : ApplicationTest
{
    public override string Name => Field;
}

/// <summary>`http2.settings`: a setting is given, with a value that fits.</summary>
public sealed record Http2SettingTest(uint Setting, NumberTest? Value) : ApplicationTest
{
    public override string Name => "http2.settings";
}

/// <summary>`dcerpc.iface`: the interface of a call, its version, and whether it may have come in a later
/// fragment of its bind.</summary>
public sealed record DceRpcInterfaceTest(UInt128 Identifier, NumberTest? Version, bool AnyFragment)
    : ApplicationTest
{
    public override string Name => "dcerpc.iface";
}

/// <summary>`ftpbounce`: PORT names another address than the client's own.</summary>
public sealed record FtpBounceTest : ApplicationTest
{
    public override string Name => "ftpbounce";
}

/// <summary>A number of the transaction that must be, or must not be, one of a list (ssl_version).</summary>
public sealed record ApplicationChoiceTest(string Field, IReadOnlyList<uint> Values, bool Negated)
    : ApplicationTest
{
    public override string Name => Field;
}
