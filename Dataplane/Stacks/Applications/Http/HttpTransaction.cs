using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>A request and its response.</summary>
public sealed class HttpTransaction : PooledTransaction
{
    private readonly ApplicationStack _stack;

    internal HttpTransaction(ApplicationStack stack)
    {
        _stack = stack;
        Request = new HttpMessage(stack);
        Response = new HttpMessage(stack);
        Uploads = new MultipartReader(stack);
    }

    /// <inheritdoc/>
    public override AppProtocol Protocol => AppProtocol.Http;

    public HttpMessage Request { get; }

    public HttpMessage Response { get; }

    /// <summary>Files in the request's body.</summary>
    public MultipartReader Uploads { get; }

    /// <summary>Number of the status; 0 while unknown or unreadable.</summary>
    public int Status { get; set; }

    /// <summary>Interim responses (100 Continue) before the response.</summary>
    public int ContinueCount { get; set; }

    public HttpMessage MessageOf(Side sender) => sender == Side.Client ? Request : Response;

    /// <inheritdoc/>
    public override bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes) =>
        HttpBuffers.TryGet(this, buffer, sender, instance, out bytes);

    /// <inheritdoc/>
    public override int CountOf(AppBuffer buffer, Side sender) => HttpBuffers.CountOf(this, buffer, sender);

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, out long value)
    {
        value = number switch
        {
            AppNumber.HttpStatus when Status > 0 => Status,
            AppNumber.HttpRequestContentLength => Request.ContentLength,
            AppNumber.HttpResponseContentLength => Response.ContentLength,
            AppNumber.BodyBytes => (long)MessageOf(sender).Body.SeenBytes,
            _ => -1,
        };
        return value >= 0;
    }

    /// <inheritdoc/>
    public override AppBodyState BodyOf(Side sender, int instance) =>
        sender == Side.Client && Uploads.IsActive
            ? Uploads.StateOf(instance) : MessageOf(sender).Body.State;

    /// <inheritdoc/>
    public override void Finish(Side sender)
    {
        HttpBody body = MessageOf(sender).Body;
        body.IsTruncated |= !body.IsComplete && ProgressOf(sender) < AppProgress.Trailer;
        base.Finish(sender);
    }

    /// <summary>An interim response ends: another status line follows.</summary>
    public void BeginResponseAgain()
    {
        ContinueCount++;
        Response.ClearHead();
        Rewind(Side.Server, AppProgress.Started);
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Request.Clear();
        Response.Clear();
        Uploads.Clear();
        (Status, ContinueCount) = (0, 0);
        _stack.Parsers.HttpTransactions.Return(this);
    }
}
