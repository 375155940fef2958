using System.Net.Sockets;

namespace Dataplane.Notices;

/// <summary>Wakes the reader of the spool: one byte on a Unix datagram socket that the reader has
/// bound.</summary>
/// <remarks>
/// A reader that is away, or has bytes waiting, is no error: it starts from its own position anyway.
/// Threads: the notice thread.
/// </remarks>
public sealed class WakeSocket(string path) : IDisposable
{
    private const long RetryUs = 200_000;

    private static readonly byte[] Byte = [1];

    private Socket? _socket;
    private bool _owed;
    private long _retryUs;

    /// <summary>Sends the byte now, or owes it until the reader is there.</summary>
    public void Wake(long nowUs)
    {
        _owed = true;
        Settle(nowUs);
    }

    /// <summary>Sends a byte that is owed. Call now and then.</summary>
    public void Settle(long nowUs)
    {
        if (!_owed || (_socket is null && !TryConnect(nowUs)))
        {
            return;
        }
        _socket!.Send(Byte, SocketFlags.None, out SocketError error);
        if (error is SocketError.Success or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
        {
            _owed = false; // a full queue holds a byte already
            return;
        }
        Forget(nowUs);
    }

    public void Dispose() => _socket?.Dispose();

    private bool TryConnect(long nowUs)
    {
        if (nowUs < _retryUs || !File.Exists(path))
        {
            return false;
        }
        var socket =
            new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            _socket = socket;
            return true;
        }
        catch (SocketException)
        {
            // The file is there but nobody listens: the reader was killed and will bind again.
            socket.Dispose();
            _retryUs = nowUs + RetryUs;
            return false;
        }
    }

    private void Forget(long nowUs)
    {
        _socket!.Dispose();
        _socket = null;
        _retryUs = nowUs + RetryUs;
    }
}
