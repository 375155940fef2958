using System.Text;

namespace Testing.Demo;

/// <summary>TLS 1.3 records as they look from outside (RFC 8446): true hellos, then bytes nobody can
/// read.</summary>
public static class TlsRecords
{
    private const byte Handshake = 22, ApplicationData = 23, ChangeCipherSpec = 20;

    public static byte[] ClientHello(string host)
    {
        byte[] name = Encoding.ASCII.GetBytes(host);
        byte[] serverName = Extension(0, [.. Sized(2, [0, .. Sized(2, name)])]);
        byte[] groups = Extension(10, Sized(2, [0, 29, 0, 23]));
        byte[] algorithms = Extension(13, Sized(2, [4, 3, 8, 4, 4, 1]));
        byte[] protocols =
            Extension(16, Sized(2, [.. Sized(1, "h2"u8.ToArray()), .. Sized(1, "http/1.1"u8.ToArray())]));
        byte[] versions = Extension(43, Sized(1, [3, 4, 3, 3]));
        byte[] keyShare = Extension(51, Sized(2, [0, 29, .. Sized(2, Noise(32, seed: 7))]));
        byte[] extensions = [.. serverName, .. groups, .. algorithms, .. protocols, .. versions, .. keyShare];
        byte[] suites = [0x13, 0x01, 0x13, 0x02, 0x13, 0x03, 0xC0, 0x2F];
        byte[] body = [3, 3, .. Noise(32, seed: 1), .. Sized(1, Noise(32, seed: 2)), .. Sized(2, suites),
            1, 0, .. Sized(2, extensions)];
        return Record(Handshake, 0x0301, [1, .. Sized(3, body)]);
    }

    /// <summary>ServerHello, ChangeCipherSpec, and the encrypted rest of the server's flight.</summary>
    public static byte[] ServerFlight()
    {
        byte[] versions = Extension(43, [3, 4]);
        byte[] keyShare = Extension(51, [0, 29, .. Sized(2, Noise(32, seed: 8))]);
        byte[] body = [3, 3, .. Noise(32, seed: 3), .. Sized(1, Noise(32, seed: 2)), 0x13, 0x01, 0,
            .. Sized(2, [.. versions, .. keyShare])];
        return [.. Record(Handshake, 0x0303, [2, .. Sized(3, body)]),
            .. Record(ChangeCipherSpec, 0x0303, [1]),
            .. Application(2400, seed: 4)];
    }

    public static byte[] ClientFinished() =>
        [.. Record(ChangeCipherSpec, 0x0303, [1]), .. Application(53, seed: 5)];

    public static byte[] Application(int bytes, int seed) =>
        Record(ApplicationData, 0x0303, Noise(bytes, seed));

    private static byte[] Record(byte type, int version, byte[] body) =>
        [type, (byte)(version >> 8), (byte)version, .. Sized(2, body)];

    private static byte[] Extension(int type, byte[] body) =>
        [(byte)(type >> 8), (byte)type, .. Sized(2, body)];

    private static byte[] Sized(int lengthBytes, byte[] body)
    {
        byte[] length = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++)
        {
            length[i] = (byte)(body.Length >> (8 * (lengthBytes - 1 - i)));
        }
        return [.. length, .. body];
    }

    /// <summary>Bytes that look random and are the same each time, on every version of the runtime.</summary>
    private static byte[] Noise(int bytes, int seed)
    {
        byte[] noise = new byte[bytes];
        uint state = (uint)seed * 2654435761u;
        for (int i = 0; i < bytes; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            noise[i] = (byte)(state >> 24);
        }
        return noise;
    }
}
