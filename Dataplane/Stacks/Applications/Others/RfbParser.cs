using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>The handshake of RFB (RFC 6143), the protocol of VNC: kinds of security, its result, the
/// desktop's name. One transaction; nothing is read behind it.</summary>
internal sealed class RfbParser(ApplicationStack stack) : MessageParser(stack)
{
    private const int VersionBytes = 12;
    private const int ChallengeBytes = 16;
    private const int NameBytesMax = 4_096;
    private const int InitBytes = 24;
    private FieldTransaction? _transaction;
    private Step _step;
    private bool _isOld;

    private enum Step : byte
    {
        ServerVersion,
        ClientVersion,
        Securities,
        Choice,
        Challenge,
        Response,
        Result,
        ClientInit,
        ServerInit,
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_transaction, _step, _isOld) = (null, Step.ServerVersion, false);
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Rfb.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        bool isTurn = _step is Step.ClientVersion or Step.Choice or Step.Response or Step.ClientInit
            ? sender == Side.Client : sender == Side.Server;
        _transaction ??= isTurn ? Begin(AppProtocol.Rfb, sender) : null;
        int needed = _step switch
        {
            Step.ServerVersion or Step.ClientVersion => VersionBytes,
            Step.Choice or Step.ClientInit => 1,
            Step.Challenge or Step.Response => ChallengeBytes,
            Step.Securities => _isOld ? 4 : 1 + bytes[0],
            Step.Result => 4,
            _ => bytes.Length < InitBytes ? InitBytes
                : InitBytes + (int)Math.Min(
                BinaryPrimitives.ReadUInt32BigEndian(bytes[(InitBytes - 4)..]), NameBytesMax),
        };
        if (!isTurn || bytes.Length < needed || _transaction is null)
        {
            return 0;
        }
        Take(bytes[..needed]);
        return needed;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        switch (_step)
        {
            case Step.ServerVersion:
                _step = Step.ClientVersion;
                break;
            case Step.ClientVersion:
                _isOld = bytes.StartsWith("RFB 003.003"u8);
                _step = Step.Securities;
                break;
            case Step.Securities when _isOld:
                Choose(bytes[3], Side.Server);
                break;
            case Step.Securities:
                _step = Step.Choice;
                break;
            case Step.Choice:
                Choose(bytes[0], Side.Client);
                break;
            case Step.Challenge:
                _step = Step.Response;
                break;
            case Step.Response:
                _step = Step.Result;
                break;
            case Step.Result:
                _transaction!.Add(
                    AppNumber.RfbSecurityResult, Side.Server, BinaryPrimitives.ReadUInt32BigEndian(bytes));
                _step = Step.ClientInit;
                Flow.Moved(_transaction, Side.Server, AppProgress.Started);
                break;
            case Step.ClientInit:
                _step = Step.ServerInit;
                break;
            default:
                _transaction!.Add(AppBuffer.RfbName, Side.Server, bytes[InitBytes..]);
                Complete(_transaction, Side.Server);
                Flow.Stop();
                break;
        }
    }

    /// <summary>1 is none, 2 a challenge; what follows the others is not known here.</summary>
    private void Choose(byte security, Side chooser)
    {
        _transaction!.Add(AppNumber.RfbSecurityType, chooser, security);
        Flow.Moved(_transaction, chooser, AppProgress.Started);
        _step = security == 2 ? Step.Challenge : _isOld ? Step.ClientInit : Step.Result;
        if (security is not (1 or 2))
        {
            Flow.Stop();
        }
    }
}
