using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>A message, or an exchange of some, of a protocol of which named texts and numbers are
/// kept.</summary>
/// <remarks>Pooled, and the same for all such protocols. Fields belong to the messages of one side, or of
/// both where the side is None.</remarks>
public sealed class FieldTransaction : PooledTransaction
{
    /// <summary>Texts, and numbers, of one transaction that are kept.</summary>
    public const int FieldMax = 512;

    private const int TextBytesMax = 64 * 1024;
    private const int FileMax = 8;
    private readonly ApplicationStack _stack;
    private readonly GrowingBytes _bytes;
    private readonly GrowingBytes[] _bodies;
    private readonly List<(AppBuffer Buffer, Side Side, TextRange Text)> _texts = [];
    private readonly List<(AppNumber Number, Side Side, long Value)> _numbers = [];
    private readonly List<(Side Side, AppFile File)> _files = [];
    private readonly HttpBody?[] _contents = new HttpBody?[2];
    private readonly bool[] _hasContent = new bool[2];
    private TextRange _pending;
    private AppBuffer _bodyName;
    private AppProtocol _protocol;

    internal FieldTransaction(ApplicationStack stack)
    {
        _stack = stack;
        _bytes = new GrowingBytes(stack.Bytes, TextBytesMax);
        _bodies =
        [
            new GrowingBytes(stack.Bytes, stack.Limits.BodyBytesMax),
            new GrowingBytes(stack.Bytes, stack.Limits.BodyBytesMax),
        ];
    }

    /// <inheritdoc/>
    public override AppProtocol Protocol => _protocol;

    /// <summary>What its parser finds it again by: a call's, packet's or message's number.</summary>
    internal ulong Key { get; set; }

    /// <summary>What kind of exchange it is, in its parser's own numbers.</summary>
    internal int Kind { get; set; }

    /// <summary>Who began it.</summary>
    internal Side Initiator { get; private set; }

    /// <inheritdoc/>
    public override bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_hasContent[(int)sender] && IsContent(buffer, sender))
        {
            bytes = _contents[(int)sender]!.Kept.Span;
            return instance == 0 && !bytes.IsEmpty;
        }
        if (buffer is AppBuffer.FileData or AppBuffer.FileName)
        {
            return TryGetFile(buffer, sender, instance, out bytes);
        }
        if (buffer == _bodyName && buffer != AppBuffer.None)
        {
            bytes = _bodies[(int)sender].Span;
            return instance == 0 && !bytes.IsEmpty;
        }
        foreach ((AppBuffer name, Side side, TextRange text) in _texts)
        {
            if (name == buffer && (side == sender || side == Side.None) && instance-- == 0)
            {
                bytes = text.Of(_bytes.Span);
                return true;
            }
        }
        return false;
    }

    /// <inheritdoc/>
    public override int CountOf(AppBuffer buffer, Side sender)
    {
        bool isBody = buffer == _bodyName && buffer != AppBuffer.None;
        int count = isBody && _bodies[(int)sender].Length > 0 ? 1 : 0;
        if (_hasContent[(int)sender] && IsContent(buffer, sender))
        {
            return _contents[(int)sender]!.SeenBytes > 0 ? 1 : 0;
        }
        foreach ((AppBuffer name, Side side, TextRange _) in _texts)
        {
            count += name == buffer && (side == sender || side == Side.None) ? 1 : 0;
        }
        foreach ((Side side, AppFile _) in _files)
        {
            count += buffer is AppBuffer.FileData or AppBuffer.FileName && side == sender ? 1 : 0;
        }
        return count;
    }

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, out long value) =>
        TryGet(number, sender, 0, out value);

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, int instance, out long value)
    {
        foreach ((AppNumber name, Side side, long known) in _numbers)
        {
            if (name == number && (side == sender || side == Side.None) && instance-- == 0)
            {
                value = known;
                return true;
            }
        }
        value = 0;
        return false;
    }

    /// <inheritdoc/>
    public override AppBodyState BodyOf(Side sender, int instance) =>
        _hasContent[(int)sender] ? _contents[(int)sender]!.State : FileOf(sender, instance)?.State ?? default;

    /// <inheritdoc/>
    public override void Release()
    {
        _bytes.Clear();
        _bodies[0].Clear();
        _bodies[1].Clear();
        _texts.Clear();
        _numbers.Clear();
        foreach ((Side _, AppFile file) in _files)
        {
            file.Release();
        }
        _files.Clear();
        _contents[0]?.Clear();
        _contents[1]?.Clear();
        Array.Clear(_hasContent);
        (_bodyName, _pending, Key, Kind) = (AppBuffer.None, default, 0, 0);
        _stack.Parsers.Fields.Return(this);
    }

    /// <summary>The flow ends: files that have not come to theirs are cut.</summary>
    public override void Finish(Side sender)
    {
        foreach ((Side side, AppFile file) in _files)
        {
            if (side == sender && !file.State.IsComplete)
            {
                file.End(isTruncated: true);
            }
        }
        if (_hasContent[(int)sender])
        {
            HttpBody content = _contents[(int)sender]!;
            content.IsTruncated |= !content.IsComplete;
        }
        base.Finish(sender);
    }

    internal void BeginAs(AppProtocol protocol, Side initiator) =>
        (_protocol, Initiator) = (protocol, initiator);

    /// <summary>Keeps a text; false when there is no more room.</summary>
    internal bool Add(AppBuffer buffer, Side sender, ReadOnlySpan<byte> text)
    {
        if (_texts.Count == FieldMax)
        {
            return false;
        }
        int at = _bytes.Length;
        bool isWhole = _bytes.Append(text);
        _texts.Add((buffer, sender, new TextRange(at, _bytes.Length - at)));
        return isWhole;
    }

    /// <summary>Keeps a text of which it is not known yet what it is.</summary>
    internal void SetPending(ReadOnlySpan<byte> text)
    {
        int at = _bytes.Length;
        _bytes.Append(text);
        _pending = new TextRange(at, _bytes.Length - at);
    }

    /// <summary>Now it is known; only the first time counts.</summary>
    internal void TakePending(AppBuffer buffer, Side sender)
    {
        if (_pending.Length > 0 && _texts.Count < FieldMax)
        {
            _texts.Add((buffer, sender, _pending));
        }
        _pending = default;
    }

    internal void Add(AppNumber number, Side sender, long value)
    {
        if (_numbers.Count < FieldMax)
        {
            _numbers.Add((number, sender, value));
        }
    }

    /// <summary>Appends to the one text of a side that comes in pieces.</summary>
    internal void AppendBody(AppBuffer name, Side sender, ReadOnlySpan<byte> bytes)
    {
        _bodyName = name;
        _bodies[(int)sender].Append(bytes);
    }

    /// <summary>The one body of a side, with its codings; made when first asked for.</summary>
    internal HttpBody ContentOf(Side sender)
    {
        _hasContent[(int)sender] = true;
        return _contents[(int)sender] ??= new HttpBody(_stack);
    }

    /// <summary>A further file that the side sends; null when there are too many.</summary>
    internal AppFile? AddFile(Side sender)
    {
        AppFile? file = _files.Count < FileMax ? _stack.Parsers.Files.Rent() : null;
        if (file is not null)
        {
            _files.Add((sender, file));
        }
        return file;
    }

    internal AppFile? FileOf(Side sender, int instance)
    {
        foreach ((Side side, AppFile file) in _files)
        {
            if (side == sender && instance-- == 0)
            {
                return file;
            }
        }
        return null;
    }

    private static bool IsContent(AppBuffer buffer, Side sender) => buffer == AppBuffer.FileData
        || buffer == (sender == Side.Client ? AppBuffer.HttpRequestBody : AppBuffer.HttpResponseBody);

    private bool TryGetFile(AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        AppFile? file = FileOf(sender, instance);
        bytes = file is null ? default : buffer == AppBuffer.FileName ? file.Name.Span : file.Data.Span;
        return file is not null && (buffer == AppBuffer.FileData || !bytes.IsEmpty);
    }
}
