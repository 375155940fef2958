using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ControlApi.Security;

/// <summary>
/// A session token mbs_ID_SECRET or a key mbk_ID_SECRET; 256 bits of secret, stored hashed.
/// </summary>
public readonly record struct Token(TokenKind Kind, string Id, string Secret)
{
    private const string SessionPrefix = "mbs";
    private const string KeyPrefix = "mbk";
    private const int SecretBytes = 32;
    private const int IdBytes = 8;
    private const int CharsMax = 128;

    public static Token Make(TokenKind kind) => new(
        kind, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), NewSecret());

    /// <summary>256 random bits as text that fits into a link.</summary>
    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    public static bool TryParse(string? text, [NotNullWhen(true)] out Token token)
    {
        token = default;
        string[]? parts = text is { Length: > 0 and <= CharsMax } ? text.Split('_') : null;
        if (parts is not { Length: 3 } || parts[1].Length == 0 || parts[2].Length == 0)
        {
            return false;
        }
        TokenKind? kind = parts[0] switch
        {
            SessionPrefix => TokenKind.Session,
            KeyPrefix => TokenKind.Key,
            _ => null,
        };
        token = kind is null ? default : new Token(kind.Value, parts[1], parts[2]);
        return kind is not null;
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public bool IsMatch(byte[] storedHash)
        => CryptographicOperations.FixedTimeEquals(Hash(Secret), storedHash);

    public override string ToString()
        => $"{(Kind == TokenKind.Session ? SessionPrefix : KeyPrefix)}_{Id}_{Secret}";
}
