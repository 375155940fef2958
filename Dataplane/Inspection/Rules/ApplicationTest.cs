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
