using System.Security.Cryptography;

namespace Dataplane.NetworkFunctions;

/// <summary>Running SHA-256 states, used again and again: one for each stream that has bytes.</summary>
/// <remarks>Numbers count from 1; 0 is a stream without bytes. Of one NF instance.</remarks>
internal sealed class StreamHashes
{
    /// <summary>The most streams that are hashed at once.</summary>
    public const int HashMax = 262_144;

    private readonly List<IncrementalHash> _all = [];
    private readonly Stack<uint> _free = new();
    private readonly byte[] _ofNothing = SHA256.HashData([]);

    /// <summary>Adds bytes to a stream's hash, beginning it when the number is 0.
    /// False when there is no room.</summary>
    public bool Append(ref uint number, ReadOnlySpan<byte> bytes)
    {
        if (number == 0 && !TryTake(out number))
        {
            return false;
        }
        _all[(int)number - 1].AppendData(bytes);
        return true;
    }

    /// <summary>Writes the hash and gives the state back.</summary>
    public void Finish(uint number, Span<byte> hash)
    {
        if (number == 0)
        {
            _ofNothing.CopyTo(hash);
            return;
        }
        _all[(int)number - 1].GetHashAndReset(hash);
        _free.Push(number);
    }

    private bool TryTake(out uint number)
    {
        if (_free.TryPop(out number))
        {
            return true;
        }
        if (_all.Count == HashMax)
        {
            number = 0;
            return false;
        }
        _all.Add(IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
        number = (uint)_all.Count;
        return true;
    }
}
