namespace Dataplane.Stacks.Applications;

/// <summary>A question or resource record of a message.</summary>
/// <param name="Section">Where it stands.</param>
/// <param name="Name">Its owner's name in the transaction's text.</param>
/// <param name="Type">Its type: 1 A, 5 CNAME, 28 AAAA.</param>
/// <param name="Class">Its class.</param>
/// <param name="TimeToLive">Seconds; 0 for questions.</param>
/// <param name="Data">Its data in the transaction's text: names as text, the rest as sent.</param>
public readonly record struct DnsRecord(
    DnsSection Section, TextRange Name, ushort Type, ushort Class, uint TimeToLive, TextRange Data);

/// <summary>The sections of a message.</summary>
public enum DnsSection : byte
{
    Question,
    Answer,
    Authority,
    Additional,
}
