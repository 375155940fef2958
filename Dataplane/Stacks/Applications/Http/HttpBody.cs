using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>A message's body: codings undone, the first bytes kept.</summary>
public sealed class HttpBody(ApplicationStack stack)
{
    /// <summary>Codings that are undone, one inside another (Suricata's limit).</summary>
    public const int LayerMax = 2;

    private readonly BodyDecoder?[] _decoders = new BodyDecoder?[LayerMax];
    private int _layers;
    private long _decodedBytes;

    /// <summary>The bytes kept, decoded.</summary>
    public GrowingBytes Kept { get; } = new(stack.Bytes, stack.Limits.BodyBytesMax);

    /// <summary>Decoded bytes so far.</summary>
    public ulong SeenBytes { get; private set; }

    public bool IsComplete { get; private set; }

    public bool IsTruncated { get; set; }

    /// <summary>True when so much was decoded, all layers together, that decoding stops.</summary>
    public bool IsFull => _decodedBytes >= stack.Limits.DecodedBytesMax;

    /// <summary>True when a decoder found what its label does not say.</summary>
    public bool HasFailed =>
        (_layers > 0 && _decoders[0]!.HasFailed) || (_layers > 1 && _decoders[1]!.HasFailed);

    public AppBodyState State => new(SeenBytes, IsComplete, IsTruncated);

    /// <summary>Adds a coding to be undone after those added before; false at the limit.</summary>
    public bool AddCoding(HttpCoding coding)
    {
        if (_layers == LayerMax)
        {
            return false;
        }
        BodyDecoder? decoder = stack.Parsers.Decoders.Rent();
        if (decoder is not null)
        {
            decoder.Begin(coding);
            _decoders[_layers++] = decoder;
        }
        return true;
    }

    /// <summary>Takes bytes as they were sent.</summary>
    public void Take(ReadOnlySpan<byte> bytes) => TakeDecoded(bytes, 0);

    /// <summary>Takes bytes behind a layer of codings.</summary>
    public void TakeDecoded(ReadOnlySpan<byte> bytes, int layer)
    {
        _decodedBytes += layer > 0 ? bytes.Length : 0;
        if (layer < _layers)
        {
            if (!IsFull)
            {
                _decoders[layer]!.Take(bytes, this, layer);
            }
            IsTruncated |= IsFull;
            return;
        }
        SeenBytes += (ulong)bytes.Length;
        Kept.Append(bytes);
    }

    /// <summary>There will be no more.</summary>
    public void Complete()
    {
        for (int layer = 0; layer < _layers; layer++)
        {
            _decoders[layer]!.End(this, layer);
        }
        IsComplete = true;
    }

    /// <summary>Empty again.</summary>
    public void Clear()
    {
        for (int i = 0; i < _layers; i++)
        {
            stack.Parsers.Decoders.Return(_decoders[i]!);
            _decoders[i] = null;
        }
        (_layers, _decodedBytes) = (0, 0);
        Kept.Clear();
        (SeenBytes, IsComplete, IsTruncated) = (0, false, false);
    }
}
