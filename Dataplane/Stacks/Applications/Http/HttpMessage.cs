using System.Text;

namespace Dataplane.Stacks.Applications;

/// <summary>A request or response: its start line, headers and body.</summary>
public sealed class HttpMessage
{
    /// <summary>Headers of one message; more are counted and left out.</summary>
    public const int HeaderMax = 1_024;

    /// <summary>Bytes of start line and headers that are kept.</summary>
    public const int TextBytesMax = 128 * 1024;

    /// <summary>Repetitions of one header that are joined.</summary>
    public const int RepetitionMax = 64;

    private readonly GrowingBytes[] _derived;
    private readonly int[] _derivedAt = new int[(int)HttpDerived.Count];
    private HttpHeader[] _headers = new HttpHeader[32];

    internal HttpMessage(ApplicationStack stack)
    {
        _derived =
        [
            .. Enumerable.Range(0, (int)HttpDerived.Count)
                .Select(_ => new GrowingBytes(stack.Bytes, TextBytesMax)),
        ];
        Text = new GrowingBytes(stack.Bytes, TextBytesMax);
        Raw = new GrowingBytes(stack.Bytes, TextBytesMax);
        Body = new HttpBody(stack);
    }

    /// <summary>The start line, then names and values of headers.</summary>
    public GrowingBytes Text { get; }

    /// <summary>The headers as they were sent, to the empty line.</summary>
    public GrowingBytes Raw { get; }

    public HttpBody Body { get; }

    /// <summary>The start line without its end, where <see cref="HasLine"/>.</summary>
    public TextRange Line { get; private set; }

    public bool HasLine { get; private set; }

    /// <summary>Method or protocol, URI or status, protocol or reason.</summary>
    public TextRange First { get; set; }

    public TextRange Second { get; set; }

    public TextRange Third { get; set; }

    public bool HasFirst { get; set; }

    public bool HasSecond { get; set; }

    public bool HasThird { get; set; }

    public int HeaderCount { get; private set; }

    /// <summary>Headers beyond <see cref="HeaderMax"/>.</summary>
    public int LostHeaderCount { get; private set; }

    /// <summary>The header lines and their order changed so many times.</summary>
    public int Changes { get; private set; }

    public long ContentLength { get; set; } = -1;

    public ref readonly HttpHeader this[int index] => ref _headers[index];

    public ReadOnlySpan<byte> NameOf(int index) => _headers[index].Name.Of(Text.Span);

    public ReadOnlySpan<byte> ValueOf(int index) => _headers[index].Value.Of(Text.Span);

    /// <summary>Keeps the start line.</summary>
    public void SetLine(ReadOnlySpan<byte> line)
    {
        Line = Append(line);
        HasLine = true;
        Changes++;
    }

    /// <summary>Adds a header; a repeated one is joined with a comma, except a length, of which the first
    /// counts. Returns how often it has occurred.</summary>
    public int AddHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Changes++;
        int index = Find(name);
        if (index >= 0 && !name.IsEmpty)
        {
            ref HttpHeader header = ref _headers[index];
            header.Count++;
            bool isLength = Ascii.EqualsIgnoreCase(name, "content-length"u8);
            if (!isLength && header.Count <= RepetitionMax)
            {
                header.Value = Join(header.Value, value);
            }
            return header.Count;
        }
        if (HeaderCount == HeaderMax)
        {
            LostHeaderCount++;
            return 0;
        }
        if (HeaderCount == _headers.Length)
        {
            Array.Resize(ref _headers, _headers.Length * 2);
        }
        _headers[HeaderCount++] = new HttpHeader { Name = Append(name), Value = Append(value), Count = 1 };
        return 1;
    }

    /// <summary>Index of a header by its name, whatever its case; -1 when there is none.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> text = Text.Span;
        for (int i = 0; i < HeaderCount; i++)
        {
            if (_headers[i].Name.Length == name.Length
                && Ascii.EqualsIgnoreCase(_headers[i].Name.Of(text), name))
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>The value of a header.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int index = Find(name);
        value = index < 0 ? default : ValueOf(index);
        return index >= 0;
    }

    /// <summary>A buffer made of others: false when it must be made (again), which the caller does.</summary>
    internal bool TryDerived(HttpDerived which, out GrowingBytes bytes)
    {
        bytes = _derived[(int)which];
        bool isFresh = _derivedAt[(int)which] == Changes && Changes != 0;
        if (!isFresh)
        {
            bytes.Clear();
            _derivedAt[(int)which] = Changes;
        }
        return isFresh;
    }

    /// <summary>Only the headers: what came before them was an interim response.</summary>
    public void ClearHead()
    {
        Text.Clear();
        Raw.Clear();
        (HeaderCount, LostHeaderCount, ContentLength) = (0, 0, -1);
        (HasLine, HasFirst, HasSecond, HasThird) = (false, false, false, false);
        (Line, First, Second, Third) = (default, default, default, default);
        Changes++;
    }

    /// <summary>Gives everything back.</summary>
    public void Clear()
    {
        ClearHead();
        Body.Clear();
        foreach (GrowingBytes derived in _derived)
        {
            derived.Clear();
        }
        Array.Clear(_derivedAt);
        Changes = 0;
    }

    private TextRange Append(ReadOnlySpan<byte> bytes)
    {
        int at = Text.Length;
        Text.Append(bytes);
        return new TextRange(at, Text.Length - at);
    }

    private TextRange Join(TextRange first, ReadOnlySpan<byte> second)
    {
        int at = Text.Length;
        if (Text.Length + first.Length + second.Length + 2 > TextBytesMax)
        {
            return first;
        }
        for (int i = 0; i < first.Length; i++)
        {
            Text.Append(Text.Span[first.At + i]);
        }
        Text.Append(", "u8);
        Text.Append(second);
        return new TextRange(at, Text.Length - at);
    }
}

/// <summary>Buffers of a message that are made of others, when first asked for.</summary>
internal enum HttpDerived : byte
{
    Uri,
    Header,
    HeaderNames,
    Start,
    Host,
    HostRaw,
    HeaderLine,
    FileName,
    Count,
}
