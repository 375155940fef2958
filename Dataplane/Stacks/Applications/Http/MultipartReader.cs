using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>The files in a multipart body: what a form uploads.</summary>
/// <remarks>Reads in pieces of any size; at most <see cref="FileMax"/> files.</remarks>
public sealed class MultipartReader(ApplicationStack stack)
{
    /// <summary>Files of one body.</summary>
    public const int FileMax = 32;

    private const int HeadBytesMax = 8_192;
    private readonly GrowingBytes _pending = new(stack.Bytes, HeadBytesMax * 2);
    private readonly GrowingBytes _boundary = new(stack.Bytes, 256);
    private readonly List<AppFile> _files = [];
    private State _state;

    private enum State : byte
    {
        Idle,
        Preamble,
        Head,
        Skipped,
        File,
        Done,
    }

    /// <summary>True when the body is multipart.</summary>
    public bool IsActive => _state != State.Idle;

    /// <summary>Files so far.</summary>
    public int Count => _files.Count;

    public ReadOnlySpan<byte> NameOf(int index) => _files[index].Name.Span;

    public ReadOnlySpan<byte> DataOf(int index) => _files[index].Data.Span;

    public AppBodyState StateOf(int index) => index < _files.Count ? _files[index].State : default;

    /// <summary>Begins a body whose parts are divided by a boundary.</summary>
    public void Begin(ReadOnlySpan<byte> boundary)
    {
        _boundary.Append("\r\n--"u8);
        _boundary.Append(boundary);
        _state = State.Preamble;

        // The first boundary needs no line before it.
        _pending.Append("\r\n"u8);
    }

    /// <summary>Takes bytes of the body.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _state != State.Done)
        {
            int count = Math.Min(bytes.Length, HeadBytesMax);
            _pending.Append(bytes[..count]);
            bytes = bytes[count..];
            int used;
            do
            {
                used = Step(_pending.Span);
                _pending.RemoveFirst(used);
            }
            while (used > 0);
        }
    }

    /// <summary>The body is complete.</summary>
    public void End()
    {
        if (_state == State.File)
        {
            _files[^1].Append(_pending.Span);
            _files[^1].End(isTruncated: true);
        }
        _pending.Clear();
        _state = _state == State.Idle ? State.Idle : State.Done;
    }

    /// <summary>Gives everything back.</summary>
    public void Clear()
    {
        foreach (AppFile file in _files)
        {
            file.Release();
        }
        _files.Clear();
        _pending.Clear();
        _boundary.Clear();
        _state = State.Idle;
    }

    private int Step(ReadOnlySpan<byte> data)
    {
        switch (_state)
        {
            case State.Preamble or State.Skipped or State.File:
                return StepContent(data);
            case State.Head:
                int end = data.IndexOf("\r\n\r\n"u8);
                if (end < 0 && data.Length >= HeadBytesMax)
                {
                    _state = State.Skipped;
                    return 0;
                }
                if (data.StartsWith("--"u8))
                {
                    _state = State.Done;
                    return data.Length;
                }
                if (end >= 0)
                {
                    BeginPart(data[..end]);
                    return end + 4;
                }
                return 0;
            default:
                return data.Length;
        }
    }

    private int StepContent(ReadOnlySpan<byte> data)
    {
        int found = data.IndexOf(_boundary.Span);
        int count = found >= 0 ? found : Math.Max(data.Length - _boundary.Length, 0);
        if (_state == State.File)
        {
            _files[^1].Append(data[..count]);
        }
        if (found < 0)
        {
            return count;
        }
        if (_state == State.File)
        {
            _files[^1].End(isTruncated: false);
        }
        _state = State.Head;
        return found + _boundary.Length;
    }

    private void BeginPart(ReadOnlySpan<byte> head)
    {
        _state = State.Skipped;
        int at = HttpWords.IndexOfLoosely(head, "content-disposition:"u8);
        if (at < 0)
        {
            return;
        }
        ReadOnlySpan<byte> value = head[(at + "content-disposition:".Length)..];
        int end = value.IndexOf("\r\n"u8);
        value = end < 0 ? value : value[..end];
        if (HttpParameters.TryGet(value, "filename"u8, out ReadOnlySpan<byte> name)
            && _files.Count < FileMax && stack.Parsers.Files.Rent() is AppFile file)
        {
            file.Name.Append(name);
            _files.Add(file);
            _state = State.File;
        }
    }
}
