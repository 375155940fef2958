using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dataplane.Flows;

namespace Dataplane.Notices;

/// <summary>One JSON object a line, written into a buffer that is made once;
/// nothing is allocated per line.</summary>
/// <remarks>Threads: one, the writer's. Texts that are not UTF-8 get replacement characters.</remarks>
public sealed class JsonLine : IDisposable
{
    private readonly FixedBuffer _buffer;
    private readonly Utf8JsonWriter _json;

    /// <param name="bytesMax">Longest line; a longer one is an error of the formatter.</param>
    public JsonLine(int bytesMax)
    {
        _buffer = new FixedBuffer(bytesMax);
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions
        {
            SkipValidation = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // files are no web pages
        });
    }

    public Utf8JsonWriter Json => _json;

    /// <summary>Starts a new object and forgets the line before.</summary>
    public Utf8JsonWriter Begin()
    {
        _buffer.Clear();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        return _json;
    }

    /// <summary>Ends the object and gives the line with its line feed,
    /// valid until the next one begins.</summary>
    public ReadOnlySpan<byte> End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Append((byte)'\n');
        return _buffer.Written;
    }

    /// <summary>UTC as <c>2026-11-23T07:34:50.123456+0000</c>.</summary>
    public void WriteTime(ReadOnlySpan<byte> name, long timeNs)
    {
        Span<byte> text = stackalloc byte[40];
        _json.WriteString(name, text[..EveTime.Format(timeNs, text)]);
    }

    /// <summary>Seconds since 1970 with nine digits behind the point.</summary>
    public void WriteSeconds(ReadOnlySpan<byte> name, long timeNs)
    {
        Span<byte> text = stackalloc byte[40];
        Span<byte> rest = text;
        Math.DivRem(timeNs, 1_000_000_000L, out long fraction);
        if (timeNs < 0)
        {
            text[0] = (byte)'-';
            rest = text[1..];
        }
        Utf8Formatter.TryFormat(Math.Abs(timeNs / 1_000_000_000), rest, out int digits);
        rest[digits] = (byte)'.';
        Utf8Formatter.TryFormat(Math.Abs(fraction), rest[(digits + 1)..], out _, new StandardFormat('D', 9));
        _json.WritePropertyName(name);
        _json.WriteRawValue(text[..(text.Length - rest.Length + digits + 10)], skipInputValidation: true);
    }

    public void WriteAddress(ReadOnlySpan<byte> name, KeyEnd end, in FlowKey key)
    {
        Span<byte> text = stackalloc byte[AddressText.BytesMax];
        int bytes = end == KeyEnd.B
            ? AddressText.Format(key.AddressBHigh, key.AddressBLow, key.IpVersion, text)
            : AddressText.Format(key.AddressAHigh, key.AddressALow, key.IpVersion, text);
        _json.WriteString(name, text[..bytes]);
    }

    public void WritePort(ReadOnlySpan<byte> name, KeyEnd end, in FlowKey key) =>
        _json.WriteNumber(name, end == KeyEnd.B ? key.PortB : key.PortA);

    public void WriteCommunityId(ReadOnlySpan<byte> name, in FlowKey key)
    {
        Span<byte> text = stackalloc byte[CommunityIdText.BytesMax];
        int bytes = CommunityIdText.Format(in key, text);
        if (bytes != 0)
        {
            _json.WriteString(name, text[..bytes]);
        }
    }

    public void WriteHex(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        Span<byte> text = stackalloc byte[128];
        Convert.TryToHexStringLower(bytes, text, out int count);
        _json.WriteString(name, text[..count]);
    }

    /// <summary>Bytes as text: line ends as they are, a dot for what cannot be printed.</summary>
    public void WritePrintable(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        Span<byte> text = stackalloc byte[RecordFormatter.TailBytesMax];
        bytes = bytes[..Math.Min(bytes.Length, text.Length)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bool isPrintable = bytes[i] is (>= 0x20 and < 0x7F) or (byte)'\r' or (byte)'\n';
            text[i] = isPrintable ? bytes[i] : (byte)'.';
        }
        _json.WriteString(name, text[..bytes.Length]);
    }

    public void Dispose() => _json.Dispose();

    private sealed class FixedBuffer(int bytesMax) : IBufferWriter<byte>
    {
        private readonly byte[] _bytes = new byte[bytesMax];
        private int _count;

        public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

        public void Clear() => _count = 0;

        public void Append(byte value) => _bytes[_count++] = value;

        public void Advance(int count) => _count += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(_count);

        public Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(_count);
    }
}
