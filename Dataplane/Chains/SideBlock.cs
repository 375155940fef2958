using System.Text;
using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>Side blocks of texts, for events that are raised outside the hot path.</summary>
public static class SideBlock
{
    /// <summary>The texts, each behind its length; each is cut to its share of the block.</summary>
    public static byte[] Of(params string[] texts)
    {
        using var block = new MemoryStream();
        foreach (string text in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            int length = Math.Min(bytes.Length, (EventBus.SideBlockMax / texts.Length) - sizeof(ushort));
            block.Write(BitConverter.GetBytes((ushort)length));
            block.Write(bytes, 0, length);
        }

        return block.ToArray();
    }
}
