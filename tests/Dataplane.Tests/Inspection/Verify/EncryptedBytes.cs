namespace Dataplane.Tests.Inspection.Verify;

/// <summary>What both ends of TLS and SSH connections say, as far as the heads of their records go.</summary>
internal static class EncryptedBytes
{
    public static byte[] ClientHello { get; } = Record(22, [1, .. new byte[60]]);

    public static byte[] ServerHello { get; } =
        [.. Record(22, [2, .. new byte[70]]), .. Record(22, new byte[900])];

    public static byte[] ClientKeys { get; } =
        [.. Record(22, new byte[66]), .. Record(20, [1]), .. Record(22, new byte[40])];

    public static byte[] Data { get; } = Record(23, new byte[400]);

    public static byte[] ClientBanner { get; } = "SSH-2.0-client_1.0\r\n"u8.ToArray();

    public static byte[] ServerBanner { get; } = "SSH-2.0-server_1.0\r\n"u8.ToArray();

    public static byte[] NewKeys { get; } = Packet(21, 10);

    /// <summary>A TLS record.</summary>
    public static byte[] Record(byte type, byte[] content) =>
        [type, 3, 3, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    /// <summary>An SSH packet of so many bytes behind its length.</summary>
    public static byte[] Packet(byte message, int length) =>
        [0, 0, (byte)(length >> 8), (byte)length, 4, message, .. new byte[length - 2]];
}
