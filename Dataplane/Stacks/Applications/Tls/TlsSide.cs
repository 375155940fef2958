using System.Buffers.Binary;

namespace Dataplane.Stacks.Applications;

/// <summary>What one end of a TLS connection said: its hello, kept whole, and its certificates.</summary>
public sealed class TlsSide
{
    private const int HelloBytesMax = 16 * 1024;
    private readonly GrowingBytes _hello;
    private TextRange _serverName;
    private TextRange _alpn;
    private TextRange _random;

    internal TlsSide(ApplicationStack stack)
    {
        _hello = new GrowingBytes(stack.Bytes, HelloBytesMax);
        Certificates = new TlsCertificates(stack);
        Fingerprints = [.. Enumerable.Range(0, 5).Select(_ => new GrowingBytes(stack.Bytes, HelloBytesMax))];
    }

    public TlsCertificates Certificates { get; }

    public bool HasHello { get; private set; }

    public bool IsClient { get; private set; }

    /// <summary>0x0303 for TLS 1.2 and so on; of TLS 1.3 where the server chose it.</summary>
    public ushort Version { get; private set; }

    /// <summary>The version field of the hello itself.</summary>
    public ushort LegacyVersion { get; private set; }

    /// <summary>Cipher suites offered, or the one chosen.</summary>
    public TextRange Ciphers { get; private set; }

    public TextRange Extensions { get; private set; }

    public ReadOnlySpan<byte> Hello => _hello.Span;

    public ReadOnlySpan<byte> ServerName => _serverName.Of(_hello.Span);

    public ReadOnlySpan<byte> FirstAlpn => _alpn.Of(_hello.Span);

    public ReadOnlySpan<byte> Random => _random.Of(_hello.Span);

    internal GrowingBytes[] Fingerprints { get; }

    /// <summary>Reads a hello's body; what cannot be read is left out.</summary>
    /// <returns>False when its lengths do not fit.</returns>
    internal bool ReadHello(ReadOnlySpan<byte> body, bool isClient, out TlsHelloProblem problem)
    {
        problem = TlsHelloProblem.None;
        const int randomBytes = 32;
        if (HasHello || body.Length < 2 + randomBytes + 1)
        {
            return HasHello;
        }
        _hello.Append(body);
        body = _hello.Span;
        (HasHello, IsClient) = (true, isClient);
        Version = LegacyVersion = BinaryPrimitives.ReadUInt16BigEndian(body);
        _random = new TextRange(2, randomBytes);
        int at = 2 + randomBytes;
        at += body[at] + 1;
        if (isClient)
        {
            if (!TryBlock(body, ref at, 2, out TextRange ciphers) || !TryBlock(body, ref at, 1, out _))
            {
                return false;
            }
            Ciphers = ciphers;
        }
        else
        {
            if (at + 3 > body.Length)
            {
                return false;
            }
            Ciphers = new TextRange(at, 2);
            at += 3;
        }
        if (at == body.Length)
        {
            return true;
        }
        if (!TryBlock(body, ref at, 2, out TextRange extensions))
        {
            return false;
        }
        Extensions = extensions;
        return ReadExtensions(body, ref problem);
    }

    /// <summary>An SSL 2 hello: version and nothing else that is used.</summary>
    internal void ReadOldHello(ushort version)
    {
        (HasHello, IsClient, Version, LegacyVersion) = (true, true, version, version);
    }

    internal void Clear()
    {
        _hello.Clear();
        Certificates.Clear();
        foreach (GrowingBytes fingerprint in Fingerprints)
        {
            fingerprint.Clear();
        }
        (HasHello, IsClient, Version, LegacyVersion) = (false, false, 0, 0);
        (_serverName, _alpn, _random) = (default, default, default);
        (Ciphers, Extensions) = (default, default);
    }

    /// <summary>The n-th extension of a type; false when there is none.</summary>
    internal bool TryExtension(ushort type, out ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> all = Extensions.Of(_hello.Span);
        for (int at = 0; at + 4 <= all.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(all[(at + 2)..]);
            if (at + 4 + length > all.Length)
            {
                break;
            }
            if (BinaryPrimitives.ReadUInt16BigEndian(all[at..]) == type)
            {
                data = all.Slice(at + 4, length);
                return true;
            }
            at += 4 + length;
        }
        data = default;
        return false;
    }

    private static bool TryBlock(ReadOnlySpan<byte> body, ref int at, int lengthBytes, out TextRange block)
    {
        block = default;
        if (at + lengthBytes > body.Length)
        {
            return false;
        }
        int length = lengthBytes == 1 ? body[at] : BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
        at += lengthBytes;
        if (at + length > body.Length)
        {
            return false;
        }
        block = new TextRange(at, length);
        at += length;
        return true;
    }

    private bool ReadExtensions(ReadOnlySpan<byte> body, ref TlsHelloProblem problem)
    {
        int at = Extensions.At;
        int end = at + Extensions.Length;
        while (at + 4 <= end)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(body[(at + 2)..]);
            at += 4;
            if (at + length > end)
            {
                return false;
            }
            ReadExtension(type, body.Slice(at, length), at, ref problem);
            at += length;
        }
        return at == end;
    }

    private void ReadExtension(ushort type, ReadOnlySpan<byte> data, int at, ref TlsHelloProblem problem)
    {
        switch (type)
        {
            case 0 when IsClient && data.Length > 0:
                ReadServerName(data, at, ref problem);
                break;
            case 16 when data.Length > 3 && data[2] > 0 && data[2] + 3 <= data.Length:
                _alpn = new TextRange(at + 3, data[2]);
                break;
            case 43 when !IsClient && data.Length == 2:
                Version = BinaryPrimitives.ReadUInt16BigEndian(data);
                break;
        }
    }

    private void ReadServerName(ReadOnlySpan<byte> data, int at, ref TlsHelloProblem problem)
    {
        if (_serverName.Length > 0)
        {
            problem = TlsHelloProblem.TwoNames;
            return;
        }
        if (data.Length < 5 || data[2] != 0)
        {
            problem = data.Length < 5 ? TlsHelloProblem.NameLength : TlsHelloProblem.NameType;
            return;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
        if (length + 5 > data.Length || length > 255)
        {
            problem = TlsHelloProblem.NameLength;
            return;
        }
        _serverName = new TextRange(at + 5, length);
    }
}

/// <summary>What can be wrong with a server name.</summary>
internal enum TlsHelloProblem : byte
{
    None,
    TwoNames,
    NameType,
    NameLength,
}
