using System.Text;
using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>Reads a mail line by line (RFC 5322, 2045, 2046): its headers and what is attached to
/// it.</summary>
public sealed class MailReader(ApplicationStack stack)
{
    /// <summary>Files of one mail.</summary>
    public const int FileMax = 64;

    /// <summary>Multiparts inside multiparts.</summary>
    public const int DepthMax = 8;

    private const int HeaderBytesMax = 8_192;
    private const int ReceivedMax = 16;
    private readonly GrowingBytes _text = new(stack.Bytes, 64 * 1024);
    private readonly GrowingBytes _header = new(stack.Bytes, HeaderBytesMax);
    private const int BoundaryBytesMax = 254;
    private readonly GrowingBytes _boundaries = new(stack.Bytes, 4_096);
    private readonly List<TextRange> _stack = new(DepthMax);
    private readonly List<AppFile> _files = [];
    private readonly List<TextRange> _received = [];
    private readonly TextRange[] _fields = new TextRange[6];
    private MailDecoder _decoder;
    private AppFile? _file;
    private TextRange _fileName;
    private MailCoding _coding;
    private bool _inHeaders = true;
    private bool _isAttached;
    private bool _isMessage;
    private bool _isTop = true;

    /// <summary>True when parts are told from each other by a line that is longer than any reader
    /// takes.</summary>
    public bool HasLongBoundary { get; private set; }

    public int FileCount => _files.Count;

    public int ReceivedCount => _received.Count;

    public AppFile FileOf(int index) => _files[index];

    public ReadOnlySpan<byte> ReceivedOf(int index) => _received[index].Of(_text.Span);

    /// <summary>From, to, subject, date, message id or mailer; empty when absent.</summary>
    public ReadOnlySpan<byte> FieldOf(AppBuffer buffer) =>
        _fields[buffer - AppBuffer.EmailFrom].Of(_text.Span);

    /// <summary>Takes a line without its end.</summary>
    public void TakeLine(ReadOnlySpan<byte> line)
    {
        if (_stack.Count > 0 && line.StartsWith("--"u8)
            && IsBoundary(line[2..], out int level, out bool isLast))
        {
            BeginPart(level, isLast);
        }
        else if (!_inHeaders)
        {
            TakeBody(line);
        }
        else if (line.IsEmpty)
        {
            CloseHeader();
            EndHeaders();
        }
        else if (HttpWords.IsBlank(line[0]) && _header.Length > 0)
        {
            _header.Append((byte)' ');
            _header.Append(line.TrimStart(" \t"u8));
        }
        else
        {
            CloseHeader();
            _header.Append(line);
        }
    }

    /// <summary>The mail is complete.</summary>
    public void End()
    {
        CloseHeader();
        EndFile(isTruncated: false);
    }

    /// <summary>Gives everything back.</summary>
    public void Clear()
    {
        foreach (AppFile file in _files)
        {
            file.Release();
        }
        _files.Clear();
        _received.Clear();
        _stack.Clear();
        _text.Clear();
        _header.Clear();
        _boundaries.Clear();
        Array.Clear(_fields);
        (_file, _inHeaders, _isTop, HasLongBoundary) = (null, true, true, false);
        BeginHeaders();
    }

    private bool IsBoundary(ReadOnlySpan<byte> rest, out int level, out bool isLast)
    {
        rest = HttpWords.TrimEnd(rest);
        for (level = _stack.Count - 1; level >= 0; level--)
        {
            ReadOnlySpan<byte> boundary = _stack[level].Of(_boundaries.Span);
            if (rest.StartsWith(boundary))
            {
                isLast = rest[boundary.Length..].StartsWith("--"u8);
                return isLast || rest.Length == boundary.Length;
            }
        }
        isLast = false;
        return false;
    }

    private void BeginPart(int level, bool isLast)
    {
        CloseHeader();
        EndFile(isTruncated: false);
        int kept = isLast ? level : level + 1;
        _stack.RemoveRange(kept, _stack.Count - kept);
        _boundaries.Truncate(kept == 0 ? 0 : _stack[^1].At + _stack[^1].Length);
        _inHeaders = !isLast;
        _isTop = false;
        BeginHeaders();
    }

    private void BeginHeaders()
    {
        (_isAttached, _isMessage, _coding, _fileName) = (false, false, MailCoding.None, default);
    }

    private void CloseHeader()
    {
        ReadOnlySpan<byte> header = _header.Span;
        int colon = header.IndexOf((byte)':');
        if (colon > 0)
        {
            ReadOnlySpan<byte> value = header[(colon + 1)..].TrimStart(" \t"u8);
            ReadHeader(header[..colon].TrimEnd(" \t"u8), HttpWords.TrimEnd(value));
        }
        _header.Clear();
    }

    private void ReadHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(name, "content-type"u8))
        {
            ReadType(value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "content-disposition"u8))
        {
            _isAttached |= HttpWords.IndexOfLoosely(value, "attachment"u8) == 0;
            NameFile(value, "filename"u8);
        }
        else if (Ascii.EqualsIgnoreCase(name, "content-transfer-encoding"u8))
        {
            _coding = HttpWords.IndexOfLoosely(value, "base64"u8) >= 0 ? MailCoding.Base64
                : HttpWords.IndexOfLoosely(value, "quoted-printable"u8) >= 0 ? MailCoding.QuotedPrintable
                : MailCoding.None;
        }
        else if (_isTop)
        {
            KeepField(name, value);
        }
    }

    private void KeepField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        AppBuffer field = Ascii.EqualsIgnoreCase(name, "from"u8) ? AppBuffer.EmailFrom
            : Ascii.EqualsIgnoreCase(name, "to"u8) ? AppBuffer.EmailTo
            : Ascii.EqualsIgnoreCase(name, "subject"u8) ? AppBuffer.EmailSubject
            : Ascii.EqualsIgnoreCase(name, "date"u8) ? AppBuffer.EmailDate
            : Ascii.EqualsIgnoreCase(name, "message-id"u8) ? AppBuffer.EmailMessageId
            : Ascii.EqualsIgnoreCase(name, "x-mailer"u8) ? AppBuffer.EmailXMailer
            : AppBuffer.None;
        if (field != AppBuffer.None)
        {
            _fields[field - AppBuffer.EmailFrom] = Keep(value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "received"u8) && _received.Count < ReceivedMax)
        {
            _received.Add(Keep(value));
        }
    }

    private void ReadType(ReadOnlySpan<byte> value)
    {
        NameFile(value, "name"u8);
        _isMessage = HttpWords.IndexOfLoosely(value, "message/rfc822"u8) == 0;
        if (HttpWords.IndexOfLoosely(value, "multipart/"u8) == 0 && _stack.Count < DepthMax
            && HttpParameters.TryGet(value, "boundary"u8, out ReadOnlySpan<byte> boundary)
            && !boundary.IsEmpty)
        {
            HasLongBoundary |= boundary.Length > BoundaryBytesMax;
            int at = _boundaries.Length;
            _boundaries.Append(boundary);
            _stack.Add(new TextRange(at, _boundaries.Length - at));
        }
    }

    private void NameFile(ReadOnlySpan<byte> value, ReadOnlySpan<byte> parameter)
    {
        if (_fileName.Length == 0 && HttpParameters.TryGet(value, parameter, out ReadOnlySpan<byte> name))
        {
            _fileName = Keep(name);
            _isAttached |= !name.IsEmpty;
        }
    }

    private TextRange Keep(ReadOnlySpan<byte> value)
    {
        int at = _text.Length;
        _text.Append(value);
        return new TextRange(at, _text.Length - at);
    }

    private void EndHeaders()
    {
        _isTop = false;
        if (_isMessage)
        {
            // A mail in the mail: its headers come next.
            BeginHeaders();
            return;
        }
        _inHeaders = false;
        if (_isAttached && _files.Count < FileMax && stack.Parsers.Files.Rent() is AppFile file)
        {
            file.Name.Append(_fileName.Of(_text.Span));
            _files.Add(file);
            _file = file;
            _decoder.Begin(_coding);
        }
    }

    private void TakeBody(ReadOnlySpan<byte> line)
    {
        if (_file is not null)
        {
            _decoder.TakeLine(line, _file);
        }
    }

    private void EndFile(bool isTruncated)
    {
        _file?.End(isTruncated);
        _file = null;
    }
}
