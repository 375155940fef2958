using System.Buffers.Binary;
using System.Text;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>What is known of one SMB connection: trees, open files, requests that wait for their answer. Each
/// list is bounded; what finds no place is not followed.</summary>
internal sealed class SmbConnection(SmbParser parser, ApplicationStack stack)
{
    private const int TreeKind = 1, UserKind = 2, WriteKind = 3, ReadKind = 4;
    private const int ListMax = 64;
    private const int NameCharsMax = 512;
    private const int NameBytesMax = NameCharsMax * 3;
    private const int NamesBytesMax = 32 * 1024;
    private readonly List<uint> _pipes = [];
    private readonly List<(ulong Request, TextRange Name)> _creates = [];
    private readonly List<(ulong File, TextRange Name)> _files = [];
    private readonly GrowingBytes _names = new(stack.Bytes, NamesBytesMax);
    private readonly List<(ulong Request, ulong File, ulong Offset)> _reads = [];

    public void Clear()
    {
        _pipes.Clear();
        _reads.Clear();
        ForgetNames();
    }

    /// <summary>A client asks for a share; what kind it is, the answer says.</summary>
    public void RequestTree(ulong request, ReadOnlySpan<byte> path, bool isWide)
    {
        if (parser.Begin(Side.Client, TreeKind, request) is { } made)
        {
            Span<byte> text = stackalloc byte[NameBytesMax];
            made.SetPending(text[..Convert(path, isWide, text)]);
            parser.Move(made, Side.Client, AppProgress.Started);
        }
    }

    /// <summary>A client goes on before it was told: by then a share counts as one of files.</summary>
    public void DeclareTrees()
    {
        for (FieldTransaction? open = parser.FirstOpen(TreeKind); open is not null;
            open = parser.FirstOpen(TreeKind))
        {
            open.TakePending(AppBuffer.SmbShare, Side.Client);
            parser.Move(open, Side.Client, AppProgress.Complete);
        }
    }

    /// <summary>The answer to a request for a share.</summary>
    public void AnswerTree(ulong request, uint tree, bool isPipe)
    {
        if (isPipe && !_pipes.Contains(tree) && _pipes.Count < ListMax)
        {
            _pipes.Add(tree);
        }
        if (parser.FindOpen(TreeKind, request, Side.Server) is { } made)
        {
            made.TakePending(isPipe ? AppBuffer.SmbNamedPipe : AppBuffer.SmbShare, Side.Client);
            parser.End(made, Side.Server);
        }
    }

    /// <summary>A session is set up: who with, where the message says it (MS-NLMP, 2.2.1.3).</summary>
    public void SetUp(ReadOnlySpan<byte> message)
    {
        int at = message.IndexOf("NTLMSSP\0"u8);
        ReadOnlySpan<byte> text = at < 0 ? default : message[at..];
        if (text.Length < 64 || BinaryPrimitives.ReadUInt32LittleEndian(text[8..]) != 3
            || parser.Begin(Side.Client, UserKind, 0) is not { } made)
        {
            return;
        }
        bool isWide = (text[60] & 1) != 0;
        AddPart(made, AppBuffer.SmbNtlmsspDomain, text, 28, isWide);
        AddPart(made, AppBuffer.SmbNtlmsspUser, text, 36, isWide);
        parser.End(made, Side.Client);
    }

    public void RequestCreate(ulong request, ReadOnlySpan<byte> name, bool isWide)
    {
        Span<byte> text = stackalloc byte[NameBytesMax];
        int count = Convert(name, isWide, text);
        if (_names.Length + count > NamesBytesMax)
        {
            ForgetNames();
        }
        var range = new TextRange(_names.Length, count);
        if (_names.Append(text[..count]))
        {
            Put(_creates, (request, range));
        }
    }

    public void AnswerCreate(ulong request, ulong file)
    {
        int place = _creates.FindIndex(create => create.Request == request);
        if (place >= 0)
        {
            Put(_files, (file, _creates[place].Name));
            _creates.RemoveAt(place);
        }
    }

    public void Write(uint tree, ulong file, ulong offset, ReadOnlySpan<byte> data, bool isCut)
    {
        if (!_pipes.Contains(tree))
        {
            Transfer(Side.Client, WriteKind, file, offset, data, isCut);
        }
    }

    public void RequestRead(ulong request, uint tree, ulong file, ulong offset)
    {
        if (!_pipes.Contains(tree))
        {
            Put(_reads, (request, file, offset));
        }
    }

    public void AnswerRead(ulong request, ReadOnlySpan<byte> data, bool isCut)
    {
        int place = _reads.FindIndex(read => read.Request == request);
        if (place >= 0)
        {
            (ulong _, ulong file, ulong offset) = _reads[place];
            _reads.RemoveAt(place);
            Transfer(Side.Server, ReadKind, file, offset, data, isCut);
        }
    }

    /// <summary>A file is closed: nothing more of it will come.</summary>
    public void Close(ulong file)
    {
        EndTransfer(Side.Client, WriteKind, file);
        EndTransfer(Side.Server, ReadKind, file);
        _files.RemoveAll(known => known.File == file);
    }

    private void Transfer(
        Side sender, int kind, ulong file, ulong offset, ReadOnlySpan<byte> data, bool isCut)
    {
        FieldTransaction? transfer = parser.FindOpen(kind, file, sender);
        AppFile? content = transfer?.FileOf(sender, 0);
        if (transfer is null)
        {
            transfer = parser.Begin(sender, kind, file);
            content = transfer?.AddFile(sender);
            int known = _files.FindIndex(one => one.File == file);
            if (content is not null && known >= 0)
            {
                content.Name.Append(_files[known].Name.Of(_names.Span));
            }
        }
        if (transfer is null || content is null)
        {
            return;
        }
        if (offset == content.State.SeenBytes)
        {
            content.Append(data);
        }
        if (isCut || offset != content.State.SeenBytes - (ulong)data.Length)
        {
            content.End(isTruncated: true);
        }
        parser.Move(transfer, sender, AppProgress.Body);
    }

    private void EndTransfer(Side sender, int kind, ulong file)
    {
        if (parser.FindOpen(kind, file, sender) is { } transfer)
        {
            AppFile? content = transfer.FileOf(sender, 0);
            if (content is { State.IsComplete: false })
            {
                content.End(isTruncated: false);
            }
            parser.End(transfer, sender);
        }
    }

    private static void AddPart(
        FieldTransaction made, AppBuffer name, ReadOnlySpan<byte> message, int at, bool isWide)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(message[at..]);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(message[(at + 4)..]);
        if (length == 0 || offset > message.Length || length > message.Length - (int)offset)
        {
            return;
        }
        Span<byte> text = stackalloc byte[NameBytesMax];
        int count = Convert(message.Slice((int)offset, length), isWide, text);
        made.Add(name, Side.Client, text[..count]);
    }

    /// <summary>UTF-16 to UTF-8; other texts stay as they are. Long ones are cut.</summary>
    private static int Convert(ReadOnlySpan<byte> bytes, bool isWide, Span<byte> text)
    {
        if (!isWide)
        {
            bytes = bytes[..Math.Min(bytes.Length, NameBytesMax)];
            bytes.CopyTo(text);
            return bytes.Length;
        }
        Span<char> characters = stackalloc char[NameCharsMax];
        bytes = bytes[..(Math.Min(bytes.Length, 2 * NameCharsMax) & ~1)];
        int count = Encoding.Unicode.GetChars(bytes, characters);
        return Encoding.UTF8.GetBytes(characters[..count], text);
    }

    /// <summary>Files that are open keep no name.</summary>
    private void ForgetNames()
    {
        _names.Clear();
        _creates.Clear();
        _files.Clear();
    }

    private static void Put<T>(List<T> list, T one)
    {
        if (list.Count == ListMax)
        {
            list.RemoveAt(0);
        }
        list.Add(one);
    }
}
