using System.Buffers.Binary;
using System.Numerics;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>A number for all that is known of a transaction, equal in every run.</summary>
internal static class AppDigest
{
    private const ulong Prime = 0x9E37_79B1_85EB_CA87;
    private static readonly AppBuffer[] Buffers = Enum.GetValues<AppBuffer>();
    private static readonly AppNumber[] Numbers = Enum.GetValues<AppNumber>();
    private static readonly Side[] Sides = [Side.Client, Side.Server];

    /// <summary>Of every buffer, number and anomaly.</summary>
    public static ulong Content(AppTransaction transaction)
    {
        ulong digest = Mix(Kind(transaction), transaction.Number);
        foreach (Side side in Sides)
        {
            foreach (AppBuffer buffer in Buffers)
            {
                int count = transaction.CountOf(buffer, side);
                for (int i = 0; i < count; i++)
                {
                    if (transaction.TryGet(buffer, side, i, out ReadOnlySpan<byte> bytes))
                    {
                        digest = Mix(Of(bytes, digest), ((ulong)buffer << 8) | (byte)side);
                    }
                }
            }
            foreach (AppNumber number in Numbers)
            {
                if (transaction.TryGet(number, side, out long value))
                {
                    digest = Mix(Mix(digest, (ulong)number), (ulong)value);
                }
            }
            int files = transaction.CountOf(AppBuffer.FileData, side);
            for (int i = 0; i < files; i++)
            {
                AppBodyState state = transaction.BodyOf(side, i);
                ulong flags = (state.IsComplete ? 1UL : 0) + (state.IsTruncated ? 2UL : 0);
                digest = Mix(Mix(digest, state.SeenBytes), flags);
            }
        }
        return digest;
    }

    /// <summary>Of what there is, not of what it says.</summary>
    public static ulong Kind(AppTransaction transaction)
    {
        ulong digest = Mix((ulong)transaction.Protocol, transaction.Anomalies.Low);
        digest = Mix(digest, transaction.Anomalies.High);
        foreach (Side side in Sides)
        {
            foreach (AppBuffer buffer in Buffers)
            {
                int count = transaction.CountOf(buffer, side);
                if (count > 0)
                {
                    digest = Mix(digest, ((ulong)buffer << 8) | (uint)Math.Min(count, 4));
                }
            }
        }
        return digest;
    }

    /// <summary>Of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong digest = Mix(seed, (ulong)bytes.Length);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            digest = Mix(digest, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (byte value in bytes)
        {
            digest = Mix(digest, value);
        }
        return digest;
    }

    public static ulong Mix(ulong digest, ulong value) =>
        (BitOperations.RotateLeft(digest, 29) ^ value) * Prime;
}
