using System.Net.Sockets;
using Dataplane.Contract.Shared;

namespace ControlApi.Notices;

/// <summary>The datagram socket at which the dataplane says that it has spooled something.</summary>
public sealed class WakeSocket : IDisposable
{
    /// <summary>
    /// Looks at the spool this often even if nobody calls: a call may have come while none listened.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly Socket _socket;
    private readonly byte[] _byte = new byte[16];

    public WakeSocket(string runFolder)
    {
        _path = Path.Combine(runFolder, SpoolLayout.WakeSocket);
        File.Delete(_path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Bind(new UnixDomainSocketEndPoint(_path));
    }

    /// <summary>Returns when somebody called, or after a while.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            await _socket.ReceiveAsync(_byte, deadline.Token);
            while (_socket.Available > 0)
            {
                _socket.Receive(_byte);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return; // nobody called: look anyway
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }
}
