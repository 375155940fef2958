using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>Steps that look at more than the buffer's own bytes: decoded text and data sets.</summary>
public sealed partial class BufferVerifier
{
    /// <summary>Bytes of text that base64_decode looks at, at most.</summary>
    public const int Base64Max = 65_536;

    private readonly byte[] _decoded = new byte[Base64Max];

    /// <summary>Decodes as far as the text is base64; the outcome must satisfy base64_data's steps.</summary>
    private bool Base64(ReadOnlySpan<byte> buffer, CompiledStep step)
    {
        var option = (Base64Option)step.Option;
        long from = option.Offset + (option.Relative ? (long)_position : 0);
        if (from >= buffer.Length)
        {
            return false;
        }
        ReadOnlySpan<byte> text = buffer[(int)from..];
        long count = option.BytesMax == 0 ? text.Length : Math.Min(option.BytesMax, text.Length);
        int length = Base64Text.Decode(text[..(int)Math.Min(count, Base64Max)], _decoded);
        if (length == 0)
        {
            return false;
        }
        if (step.Decoded!.Steps.IsEmpty)
        {
            return true;
        }
        int position = _position;
        _position = 0;
        bool matches = Run(_decoded.AsSpan(0, length), step.Decoded.Steps);
        _position = position;
        return matches;
    }

    private static bool Dataset(ReadOnlySpan<byte> buffer, CompiledStep step)
    {
        var option = (DatasetOption)step.Option;
        DataSet set = step.Set!;
        if (!set.Fits(buffer))
        {
            return false;
        }
        switch (option.Command)
        {
            case DatasetCommand.Set:
                return set.Add(buffer);
            case DatasetCommand.Unset:
                return set.Remove(buffer);
            case DatasetCommand.Reputation:
                return set.TryFind(buffer, out ushort reputation) && option.Reputation.Holds(reputation);
            default:
                return set.TryFind(buffer, out _) == (option.Command == DatasetCommand.IsSet);
        }
    }
}
