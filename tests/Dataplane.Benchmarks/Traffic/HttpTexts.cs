using System.Globalization;
using System.Text;

namespace Dataplane.Benchmarks.Traffic;

/// <summary>Requests and responses of a made-up shop; words of SQL occur in them without being an
/// attack.</summary>
public sealed class HttpTexts(Random random)
{
    private const int ResponseBytesMin = 300;
    private const int ResponseBytesMax = 2_700;
    private const int Letters = 26;

    private static readonly string[] Paths =
        ["/shop/item", "/select/union-jack", "/orders/drop-off", "/search", "/admin/login", "/api/v2/cart"];

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0",
        "curl/8.9.1",
    ];

    /// <summary>A request, with an attack in its query or form; the attack's place is answered.</summary>
    public byte[] Request(ReadOnlySpan<byte> attack, out int place)
    {
        string path = $"{Paths[random.Next(Paths.Length)]}?id={random.Next(100_000)}&q=";
        string fields = $" HTTP/1.1\r\nHost: shop{random.Next(40)}.example\r\n"
            + $"User-Agent: {Agents[random.Next(Agents.Length)]}\r\nAccept: */*\r\n"
            + $"Cookie: session={random.NextInt64():x16}; basket={random.Next(1_000)}\r\n";
        if (random.Next(2) == 0)
        {
            place = "GET ".Length + path.Length;
            return [.. Bytes("GET " + path), .. attack, .. Bytes(fields + "\r\n")];
        }

        string form = $"name=anna&order={random.Next(100_000)}&note=";
        string head = string.Create(CultureInfo.InvariantCulture,
            $"POST {path}{fields}Content-Type: application/x-www-form-urlencoded\r\n"
            + $"Content-Length: {form.Length + attack.Length}\r\n\r\n{form}");
        place = head.Length;
        return [.. Bytes(head), .. attack];
    }

    /// <summary>A response of one or two segments, or of so many bytes.</summary>
    public byte[] Response(int bodyBytes = 0)
    {
        int length = bodyBytes > 0 ? bodyBytes : random.Next(ResponseBytesMin, ResponseBytesMax);
        byte[] head = Bytes(string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n"));
        byte[] response = new byte[head.Length + length];
        head.CopyTo(response, 0);
        int first = random.Next(Letters);
        for (int i = head.Length; i < response.Length; i++)
        {
            response[i] = (byte)('a' + ((first + i) % Letters));
        }

        return response;
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
