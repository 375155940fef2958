using Dataplane.Chains;
using Dataplane.Native.Memory;

namespace Dataplane.Engine;

/// <summary>Sends frames that NFs made, out of a worker's ports.</summary>
/// <remarks>One per worker; its thread only; allocates nothing.</remarks>
public sealed class Injections : IFrameOutlet, IDisposable
{
    /// <summary>The longest frame that is sent.</summary>
    public const int FrameBytesMax = 2048;

    private readonly NativeArray<byte> _frame = new(FrameBytesMax);
    private PortPair[] _ports = [];

    /// <summary>The worker's ports from now on.</summary>
    public void Use(PortPair[] ports) => _ports = ports;

    /// <inheritdoc/>
    public bool Send(int port, ReadOnlySpan<byte> frame)
    {
        foreach (PortPair pair in _ports)
        {
            if (pair.Ingress.Index == port && frame.Length <= FrameBytesMax)
            {
                frame.CopyTo(_frame.AsSpan());
                bool isSent = pair.Ingress.SendCopy(_frame.Bytes(0, (uint)frame.Length));
                pair.Ingress.Flush();
                return isSent;
            }
        }

        return false;
    }

    public void Dispose() => _frame.Dispose();
}
