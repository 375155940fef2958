using System.Text;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>What an alert says of its rule, ready as bytes: gid u32, rev u32, then signature and category,
/// each with a length of 16 bits before it, in the machine's byte order.</summary>
public sealed class AlertTexts
{
    private readonly byte[][] _blocks;

    /// <param name="rules">All rules that can alert.</param>
    /// <param name="bytesMax">Longest block; longer texts are cut.</param>
    public AlertTexts(RuleSet rules, int bytesMax)
    {
        _blocks = new byte[rules.Rules.Length][];
        for (int i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = BlockOf(rules.Rules[i].Rule, bytesMax);
        }
    }

    public ReadOnlySpan<byte> Of(CompiledRule rule) => _blocks[rule.Index];

    private static byte[] BlockOf(Rule rule, int bytesMax)
    {
        byte[] message = Encoding.UTF8.GetBytes(rule.Message);
        byte[] category = Encoding.UTF8.GetBytes(rule.Category);
        int room = bytesMax - (2 * sizeof(uint)) - (2 * sizeof(ushort));
        int categoryLength = Math.Min(category.Length, room / 3);
        int messageLength = Math.Min(message.Length, room - categoryLength);
        return
        [
            .. BitConverter.GetBytes(rule.Gid), .. BitConverter.GetBytes(rule.Revision),
            .. BitConverter.GetBytes((ushort)messageLength), .. message.AsSpan(0, messageLength),
            .. BitConverter.GetBytes((ushort)categoryLength), .. category.AsSpan(0, categoryLength),
        ];
    }
}
